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
    public static Task? FindAlpha(SidecarRequest request)
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

    private static Task QueryAsync(SidecarRequest request, string storeName)
    {
        try
        {
            _ = StateAccess.Find(request.Runtime, storeName, appId: null);
            return ApiFailures.WriteAsync(request.Http, StateErrors.QueryUnsupported(storeName));
        }
        catch (ApiFailure failure)
        {
            return ApiFailures.WriteAsync(request.Http, failure);
        }
    }

    private Task GetAsync(SidecarRequest request, string storeName, IStateStore store, string key)
    {
        var http = request.Http;
        if (access.Get(store, storeName, StateAccess.KeyOf(store, storeName, key)) is not { Value.Length: > 0 } item)
        {
            return NoContent(http);
        }

        http.Response.Headers.ETag = item.ETag;
        if (item.ExpiryText is { } expiry)
        {
            http.Response.Headers[MetadataPrefix + "ttlExpireTime"] = expiry;
        }

        return DaprErrors.WriteAsync(http, StatusCodes.Status200OK, "application/json", item.Value);
    }

    private Task DeleteAsync(SidecarRequest request, string storeName, IStateStore store, string key)
    {
        var http = request.Http;
        var change = new StateChange(StateAccess.KeyOf(store, storeName, key), Value: null)
        {
            ETag = http.Request.Headers.IfMatch is { Count: > 0 } tags ? tags[0] : null,
            Concurrency = First(http, "concurrency"),
            Consistency = First(http, "consistency"),
        };
        try
        {
            access.Delete(store, storeName, change);
            return NoContent(http);
        }
        catch (StateException failure)
        {
            return DaprErrors.WriteAsync(http, StatusOf(failure), "ERR_STATE_DELETE", $"failed deleting state with key {key}: {failure.Message}");
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
            access.SetEach(store, storeName, changes);
            await NoContent(http);
        }
        catch (StateException failure)
        {
            await DaprErrors.WriteAsync(http, StatusOf(failure), "ERR_STATE_SAVE", $"failed saving state in state store {storeName}: {failure.Message}");
        }
    }

    private async Task TransactAsync(SidecarRequest request, string storeName, IStateStore store)
    {
        var http = request.Http;
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
                access.ChangeAll(store, storeName, changes);
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

        var items = access.Get(store, storeName, [.. wanted.Keys.Select(key => StateAccess.KeyOf(store, storeName, key))]);
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
        if (item is not null && !StoredJson.IsJson(item.Value))
        {
            writer.WriteString("error", "the value is not JSON; get it alone");
        }
        else if (item is not null)
        {
            writer.WritePropertyName("data");
            writer.WriteRawValue(item.Value, skipInputValidation: true);
            writer.WriteString("etag", item.ETag);
            if (item.ExpiryText is { } expiry)
            {
                writer.WriteStartObject("metadata");
                writer.WriteString("ttlExpireTime", expiry);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Metadata of the query wins over that of the entry.</summary>
    private static StateChange ChangeOf(HttpContext http, string storeName, IStateStore store, SaveRequest entry, bool isDelete)
        => new(StateAccess.KeyOf(store, storeName, entry.Key), isDelete ? null : store.IsEncrypted ? StoredJson.TextOf(entry.Value) ?? entry.Value : entry.Value)
        {
            ETag = entry.ETag,
            Concurrency = entry.Concurrency,
            Consistency = entry.Consistency,
            TimeToLive = First(http, MetadataPrefix + "ttlInSeconds") is { Length: > 0 } text ? text : entry.Metadata.GetValueOrDefault("ttlInSeconds"),
        };

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

    private static int StatusOf(StateException failure)
        => failure.Problem == StateProblem.ETagMismatch ? StatusCodes.Status409Conflict : StatusCodes.Status500InternalServerError;

    private static string First(HttpContext http, string name)
        => http.Request.Query.TryGetValue(name, out var values) ? values[0] ?? string.Empty : string.Empty;
}
