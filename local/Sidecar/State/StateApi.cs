using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.State;

/// <summary>The routes <c>/v1.0/state/{store}…</c> and <c>/v1.0-alpha1/state/{store}/query</c>.</summary>
internal sealed class StateApi(StateAccess access)
{
    private const string Prefix = "/v1.0/state/";
    private const string AlphaPrefix = "/v1.0-alpha1/state/";
    private const string MetadataPrefix = "metadata.";

    /// <summary>After so much of a bulk answer the caller has to take it before there is more.</summary>
    private const int FlushSize = 64 * 1024;

    /// <summary>The answer, when the path and verb are one of the routes.</summary>
    public Task? Find(SidecarRequest request)
    {
        var verb = request.Http.Request.Method;
        var isWrite = HttpMethods.IsPost(verb) || HttpMethods.IsPut(verb);
        if (!isWrite && !HttpMethods.IsGet(verb) && !HttpMethods.IsDelete(verb))
        {
            return null;
        }

        return RouteValues.Read(request, Prefix) switch
        {
            [var store] when isWrite => AnswerAsync(request, store, SaveAsync),
            [var store, "bulk"] when isWrite => AnswerAsync(request, store, GetBulkAsync),
            [var store, "transaction"] when isWrite => AnswerAsync(request, store, TransactAsync),
            [var store, var key] when HttpMethods.IsGet(verb) => AnswerAsync(request, store, (_, name, target) => GetAsync(request, name, target, key)),
            [var store, var key] when HttpMethods.IsDelete(verb) => AnswerAsync(request, store, (_, name, target) => DeleteAsync(request, name, target, key)),
            _ => null,
        };
    }

    /// <inheritdoc cref="Find"/>
    public Task? FindAlpha(SidecarRequest request)
    {
        var verb = request.Http.Request.Method;
        return (HttpMethods.IsPost(verb) || HttpMethods.IsPut(verb)) && RouteValues.Read(request, AlphaPrefix) is [var store, "query"]
            ? QueryAsync(request, store)
            : null;
    }

    private static async Task AnswerAsync(SidecarRequest request, string storeName, Func<SidecarRequest, string, IStateStore, Task> answer)
    {
        var http = request.Http;
        try
        {
            await answer(request, storeName, StateAccess.Find(request.Runtime, storeName, request.Runtime.AppId));
        }
        catch (ApiFailure failure)
        {
            await ApiFailures.WriteAsync(http, StateErrors.OverHttp(failure));
        }
    }

    private async Task QueryAsync(SidecarRequest request, string storeName)
    {
        var http = request.Http;
        try
        {
            var store = StateAccess.Find(request.Runtime, storeName, appId: null);
            var body = store.HasQueries ? await RequestBody.ReadAsync(http.Request, http.RequestAborted) : default;
            await WriteAsync(http, await access.QueryAsync(store, storeName, body, MetadataOf(http), http.RequestAborted));
        }
        catch (ApiFailure failure)
        {
            await ApiFailures.WriteAsync(http, failure);
        }
    }

    private async Task GetAsync(SidecarRequest request, string storeName, IStateStore store, string key)
    {
        var http = request.Http;
        var read = new StateRead(StateAccess.KeyOf(store, storeName, key)) { Consistency = First(http, "consistency"), Metadata = MetadataOf(http) };
        StateItem? item;
        try
        {
            item = await access.GetAsync(store, storeName, read, http.RequestAborted);
        }
        catch (StateException failure)
        {
            await DaprErrors.WriteAsync(http, failure.Status, "ERR_STATE_GET", $"fail to get {key} from state store {storeName}: {failure.Message}");
            return;
        }

        if (item is not { Value.Length: > 0 })
        {
            await NoContent(http);
            return;
        }

        if (item.ETag is { } tag && HeaderText.IsValue(tag))
        {
            http.Response.Headers.ETag = tag;
        }

        foreach (var (name, value) in item.Metadata)
        {
            if (HeaderText.IsName(name) && HeaderText.IsValue(value))
            {
                http.Response.Headers[MetadataPrefix + name] = value;
            }
        }

        await DaprErrors.WriteAsync(http, StatusCodes.Status200OK, "application/json", item.Value);
    }

    private async Task DeleteAsync(SidecarRequest request, string storeName, IStateStore store, string key)
    {
        var http = request.Http;
        var change = new StateChange(StateAccess.KeyOf(store, storeName, key), Value: null)
        {
            ETag = http.Request.Headers.IfMatch is { Count: > 0 } tags ? tags[0] : null,
            Concurrency = First(http, "concurrency"),
            Consistency = First(http, "consistency"),
            Metadata = MetadataOf(http),
        };
        try
        {
            await access.DeleteAsync(store, storeName, change, http.RequestAborted);
            await NoContent(http);
        }
        catch (StateException failure)
        {
            await DaprErrors.WriteAsync(http, failure.Status, "ERR_STATE_DELETE", $"failed deleting state with key {key}: {failure.Message}");
        }
    }

    private async Task SaveAsync(SidecarRequest request, string storeName, IStateStore store)
    {
        var http = request.Http;
        if (await ReadAsync(http, string.Empty, StateRequests.ReadSave) is not { } entries)
        {
            return;
        }

        if (entries.Any(entry => entry.Key.Length == 0))
        {
            await MalformedAsync(http, "\"key\" is a required field");
            return;
        }

        var changes = entries.Select(entry => ChangeOf(http, storeName, store, entry, isDelete: false)).ToArray();
        if (changes.Length == 0)
        {
            await NoContent(http);
            return;
        }

        try
        {
            await access.SetEachAsync(store, storeName, changes, http.RequestAborted);
            await NoContent(http);
        }
        catch (StateException failure)
        {
            await DaprErrors.WriteAsync(http, failure.Status, "ERR_STATE_SAVE", $"failed saving state in state store {storeName}: {failure.Message}");
        }
    }

    private async Task TransactAsync(SidecarRequest request, string storeName, IStateStore store)
    {
        var http = request.Http;
        if (!store.HasTransactions)
        {
            throw StateErrors.NoTransactions(storeName);
        }

        if (await ReadAsync(http, "failed deserializing HTTP body: ", StateRequests.ReadTransaction) is not { } operations)
        {
            return;
        }

        var changes = new List<StateChange>(operations.Count);
        foreach (var (operation, entry) in operations)
        {
            if (operation is not ("upsert" or "delete"))
            {
                await DaprErrors.WriteAsync(http, StatusCodes.Status400BadRequest, "ERR_NOT_SUPPORTED_STATE_OPERATION", $"operation type {operation} not supported");
                return;
            }

            changes.Add(ChangeOf(http, storeName, store, entry, isDelete: operation == "delete"));
        }

        try
        {
            if (changes.Count > 0)
            {
                await access.ChangeAllAsync(store, storeName, changes, MetadataOf(http), http.RequestAborted);
            }

            await NoContent(http);
        }
        catch (StateException failure)
        {
            await DaprErrors.WriteAsync(http, StatusCodes.Status500InternalServerError, "ERR_STATE_TRANSACTION", $"error while executing state transaction: {failure.Message}");
        }
    }

    private async Task GetBulkAsync(SidecarRequest request, string storeName, IStateStore store)
    {
        var http = request.Http;
        if (await ReadAsync(http, "failed deserializing HTTP body: ", StateRequests.ReadBulkGet) is not { } wanted)
        {
            return;
        }

        var metadata = MetadataOf(http);
        IReadOnlyList<StateItem?> items;
        try
        {
            items = await access.GetAsync(store, storeName, [.. wanted.Keys.Select(key => new StateRead(StateAccess.KeyOf(store, storeName, key)) { Metadata = metadata })], http.RequestAborted);
        }
        catch (StateException failure)
        {
            await DaprErrors.WriteAsync(http, failure.Status, "ERR_STATE_BULK_GET", failure.Message);
            return;
        }

        http.Response.ContentType = "application/json";
        var output = http.Response.BodyWriter;
        await using var writer = new Utf8JsonWriter(output, DaprJson.Options);
        writer.WriteStartArray();
        for (var i = 0; i < items.Count; i++)
        {
            Write(writer, wanted.Keys[i], items[i]);
            if (writer.BytesPending + output.UnflushedBytes > FlushSize)
            {
                writer.Flush();
                await output.FlushAsync(http.RequestAborted);
            }
        }

        writer.WriteEndArray();
        writer.Flush();
        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter writer, string key, StateItem? item)
    {
        writer.WriteStartObject();
        writer.WriteString("key", key);
        if (item?.Error is { } error)
        {
            writer.WriteString("error", error);
        }
        else if (item is { Value.Length: > 0 } && !StoredJson.IsJson(item.Value))
        {
            writer.WriteString("error", "the value is not JSON; get it alone");
        }
        else if (item is { Value.Length: > 0 })
        {
            writer.WritePropertyName("data");
            writer.WriteRawValue(item.Value, skipInputValidation: true);
            if (item.ETag is { } tag)
            {
                writer.WriteString("etag", tag);
            }

            WriteMetadata(writer, item.Metadata);
        }

        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var isOpen = false;
        foreach (var (name, value) in metadata)
        {
            if (!isOpen)
            {
                writer.WriteStartObject("metadata");
                isOpen = true;
            }

            writer.WriteString(name, value);
        }

        if (isOpen)
        {
            writer.WriteEndObject();
        }
    }

    /// <summary>Nothing found is an answer without a body, as in Dapr.</summary>
    private static Task WriteAsync(HttpContext http, StateQueryResult result)
    {
        if (result.Items.Count == 0)
        {
            return NoContent(http);
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, DaprJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("results");
            foreach (var (key, item) in result.Items)
            {
                Write(writer, key, item);
            }

            writer.WriteEndArray();
            if (result.Token.Length > 0)
            {
                writer.WriteString("token", result.Token);
            }

            WriteMetadata(writer, result.Metadata);
            writer.WriteEndObject();
        }

        return DaprErrors.WriteAsync(http, StatusCodes.Status200OK, "application/json", buffer.WrittenMemory);
    }

    /// <summary>Metadata of the query wins over that of the entry.</summary>
    private static StateChange ChangeOf(HttpContext http, string storeName, IStateStore store, SaveRequest entry, bool isDelete)
        => new(StateAccess.KeyOf(store, storeName, entry.Key), isDelete ? null : store.IsEncrypted ? StoredJson.TextOf(entry.Value) ?? entry.Value : entry.Value)
        {
            ETag = entry.ETag,
            Concurrency = entry.Concurrency,
            Consistency = entry.Consistency,
            TimeToLive = First(http, MetadataPrefix + "ttlInSeconds") is { Length: > 0 } text ? text : entry.Metadata.GetValueOrDefault("ttlInSeconds"),
            Metadata = MetadataOf(http, entry.Metadata),
        };

    private static IReadOnlyDictionary<string, string> MetadataOf(HttpContext http, IReadOnlyDictionary<string, string>? ofEntry = null)
    {
        Dictionary<string, string>? metadata = null;
        foreach (var (name, values) in http.Request.Query)
        {
            if (name.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            {
                metadata ??= ofEntry is null ? new(StringComparer.Ordinal) : new(ofEntry, StringComparer.Ordinal);
                metadata[name[MetadataPrefix.Length..]] = values[0] ?? string.Empty;
            }
        }

        return metadata ?? ofEntry ?? StateItem.NoMetadata;
    }

    /// <summary>Null: the error is answered.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext http, string errorPrefix, Reader<T> read)
        where T : class
    {
        try
        {
            var body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
            return read(body.Span);
        }
        catch (MalformedStateException exception)
        {
            await MalformedAsync(http, errorPrefix + exception.Message);
            return null;
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await MalformedAsync(http, errorPrefix + "stream too large");
            return null;
        }
    }

    private delegate T Reader<out T>(ReadOnlySpan<byte> body);

    private static Task MalformedAsync(HttpContext http, string message)
        => DaprErrors.WriteAsync(http, StatusCodes.Status400BadRequest, "ERR_MALFORMED_REQUEST", message);

    private static Task NoContent(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static string First(HttpContext http, string name)
        => http.Request.Query.TryGetValue(name, out var values) ? values[0] ?? string.Empty : string.Empty;
}
