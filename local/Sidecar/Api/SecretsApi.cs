using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
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
        if (request.Runtime.SecretStores.Count == 0)
        {
            return DaprErrors.WriteAsync(request.Http, StatusCodes.Status500InternalServerError, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured");
        }

        if (!request.Runtime.SecretStores.TryGetValue(storeName, out var store))
        {
            return DaprErrors.WriteAsync(request.Http, StatusCodes.Status401Unauthorized, "ERR_SECRET_STORE_NOT_FOUND", $"failed finding secret store with key {storeName}");
        }

        var scope = request.Runtime.Configuration.SecretScopes.GetValueOrDefault(storeName);
        if (key == "bulk")
        {
            // By name or not at all: "bulk" would answer whatever the environment happens to hold.
            var allowed = scope?.Allowed ?? [];
            return WriteAsync(request.Http, Read(store, isBulk: true, () => allowed.Select(name => (name, store.Get(name))).ToArray(), _ => true));
        }

        if (scope?.Allows(key) != true)
        {
            return DaprErrors.WriteAsync(request.Http, StatusCodes.Status403Forbidden, "ERR_PERMISSION_DENIED", $"access denied by policy to get \"{key}\" from \"{storeName}\"");
        }

        return Read(store, isBulk: false, () => store.Get(key), values => values is not null) is { } values
            ? WriteAsync(request.Http, values)
            : DaprErrors.WriteAsync(request.Http, StatusCodes.Status500InternalServerError, "ERR_SECRET_GET", $"failed getting secret with key {key} from secret store {storeName}: secret {key} not found");
    }

    private T Read<T>(ISecretStore store, bool isBulk, Func<T> read, Func<T, bool> isFound)
    {
        var started = Stopwatch.GetTimestamp();
        var values = read();
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

    private static Task WriteAsync(HttpContext http, IEnumerable<(string Name, IReadOnlyDictionary<string, string>? Values)> secrets)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in secrets)
            {
                if (values is not null)
                {
                    writer.WritePropertyName(name);
                    Write(writer, values);
                }
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
