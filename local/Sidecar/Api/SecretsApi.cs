using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resiliency;
using McpAspire.Sidecar.Secrets;

namespace McpAspire.Sidecar.Api;

/// <summary>
/// <c>secrets</c>: only what a Configuration's <c>secrets.scopes</c> opens. daprd answers every secret of every store,
/// which for local.env is its whole environment, unless a scope closes it.
/// </summary>
internal sealed class SecretsApi(SidecarMetrics metrics)
{
    public Task GetAsync(SidecarRequest request, string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
        {
            return DaprErrors.NoAppIdAsync(request.Http);
        }

        var storeName = ByteString.ToText(path[..slash]);
        var key = ByteString.ToText(path[(slash + 1)..]);
        return key == "bulk" ? AnswerBulkAsync(request, storeName) : AnswerAsync(request, storeName, key);
    }

    /// <summary>The values of one secret; null when the error is answered.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> FindAsync(SidecarRequest request, string storeName, string key)
    {
        if (await FindStoreAsync(request, storeName) is not { } store)
        {
            return null;
        }

        if (request.Runtime.Configuration.SecretScopes.GetValueOrDefault(storeName)?.Allows(key) != true)
        {
            await DaprErrors.WriteAsync(request.Http, StatusCodes.Status403Forbidden, "ERR_PERMISSION_DENIED", $"access denied by policy to get \"{key}\" from \"{storeName}\"");
            return null;
        }

        var reason = $"secret {key} not found";
        try
        {
            if (await ReadAsync(store, isBulk: false, () => ReadAsync(request, store, key), values => values is not null) is { } values)
            {
                return values;
            }
        }
        catch (SecretStoreException exception)
        {
            reason = exception.Message;
        }

        await DaprErrors.WriteAsync(request.Http, StatusCodes.Status500InternalServerError, "ERR_SECRET_GET", $"failed getting secret with key {key} from secret store {storeName}: {reason}");
        return null;
    }

    /// <summary>The secrets that a scope opens by name; null when the error is answered.</summary>
    public async Task<IReadOnlyList<(string Name, IReadOnlyDictionary<string, string> Values)>?> FindAllAsync(SidecarRequest request, string storeName)
    {
        if (await FindStoreAsync(request, storeName) is not { } store)
        {
            return null;
        }

        // By name or not at all: all would be whatever the environment happens to hold.
        var allowed = request.Runtime.Configuration.SecretScopes.GetValueOrDefault(storeName)?.Allowed ?? [];
        try
        {
            return await ReadAsync(store, isBulk: true, () => ReadEachAsync(request, store, allowed), _ => true);
        }
        catch (SecretStoreException exception)
        {
            await DaprErrors.WriteAsync(request.Http, StatusCodes.Status500InternalServerError, "ERR_SECRET_GET", $"failed getting secrets from secret store {storeName}: {exception.Message}");
            return null;
        }
    }

    private static async ValueTask<IReadOnlyList<(string Name, IReadOnlyDictionary<string, string> Values)>> ReadEachAsync(SidecarRequest request, ISecretStore store, IEnumerable<string> names)
    {
        var found = new List<(string, IReadOnlyDictionary<string, string>)>();
        foreach (var name in names)
        {
            if (await ReadAsync(request, store, name) is { } values)
            {
                found.Add((name, values));
            }
        }

        return found;
    }

    private async Task AnswerAsync(SidecarRequest request, string storeName, string key)
    {
        if (await FindAsync(request, storeName, key) is { } values)
        {
            await WriteAsync(request.Http, values);
        }
    }

    private async Task AnswerBulkAsync(SidecarRequest request, string storeName)
    {
        if (await FindAllAsync(request, storeName) is { } secrets)
        {
            await WriteAsync(request.Http, secrets);
        }
    }

    private static async Task<ISecretStore?> FindStoreAsync(SidecarRequest request, string storeName)
    {
        if (request.Runtime.SecretStores.Count == 0)
        {
            await DaprErrors.WriteAsync(request.Http, StatusCodes.Status500InternalServerError, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured");
            return null;
        }

        if (request.Runtime.SecretStores.TryGetValue(storeName, out var store))
        {
            return store;
        }

        await DaprErrors.WriteAsync(request.Http, StatusCodes.Status401Unauthorized, "ERR_SECRET_STORE_NOT_FOUND", $"failed finding secret store with key {storeName}");
        return null;
    }

    private static async ValueTask<IReadOnlyDictionary<string, string>?> ReadAsync(SidecarRequest request, ISecretStore store, string name)
    {
        if (request.Runtime.ComponentPolicies.Of(store.Name, ComponentKind.Secretstore, PolicyFlow.Outbound) is not { } policy)
        {
            return await store.GetAsync(name, request.Http.RequestAborted);
        }

        try
        {
            return await policy.RunAsync(
                async token => await store.GetAsync(name, token),
                _ => null,
                exception => exception is SecretStoreException ? new OperationFailure("the store failed") : null,
                request.Http.RequestAborted);
        }
        catch (PolicyException exception)
        {
            throw new SecretStoreException(exception.Message);
        }
    }

    private async Task<T> ReadAsync<T>(ISecretStore store, bool isBulk, Func<ValueTask<T>> read, Func<T, bool> isFound)
    {
        var started = Stopwatch.GetTimestamp();
        var values = await read();
        if (metrics.IsEnabled)
        {
            metrics.Components.SecretRead(store.Name, isBulk, isFound(values), Stopwatch.GetElapsedTime(started));
        }

        return values;
    }

    private static Task WriteAsync(HttpContext http, IReadOnlyDictionary<string, string> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, values);
        }

        return WriteJsonAsync(http, buffer);
    }

    private static Task WriteAsync(HttpContext http, IEnumerable<(string Name, IReadOnlyDictionary<string, string> Values)> secrets)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in secrets)
            {
                writer.WritePropertyName(name);
                Write(writer, values);
            }

            writer.WriteEndObject();
        }

        return WriteJsonAsync(http, buffer);
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> values)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in values)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static Task WriteJsonAsync(HttpContext http, ArrayBufferWriter<byte> buffer)
    {
        http.Response.Headers.CacheControl = "no-store";
        return DaprErrors.WriteAsync(http, StatusCodes.Status200OK, "application/json", buffer.WrittenMemory);
    }
}
