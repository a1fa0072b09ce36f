using System.Buffers;
using System.Text.Json;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Telemetry;

namespace McpAspire.Sidecar.PubSub;

/// <summary><c>publish/{pubsub}/{topic}</c> and <c>publish/bulk/{pubsub}/{topic}</c>.</summary>
internal sealed class PublishApi(Publisher publisher)
{
    public async Task PublishAsync(SidecarRequest request, string path)
    {
        var http = request.Http;
        try
        {
            var call = Call(request, path);
            Publisher.Find(request.Runtime, call);
            var body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
            await publisher.PublishAsync(request.Runtime, call, body, http.Request.ContentType ?? string.Empty, http.RequestAborted);
        }
        catch (ApiFailure failure)
        {
            await ApiFailures.WriteAsync(http, failure);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task PublishBulkAsync(SidecarRequest request, string path)
    {
        var http = request.Http;
        try
        {
            var call = Call(request, path);
            Publisher.Find(request.Runtime, call);
            var entries = BulkPublishBody.Read(await RequestBody.ReadAsync(http.Request, http.RequestAborted), call.Metadata, Publisher.Errors(request.Runtime, call));
            if (await publisher.PublishAllAsync(request.Runtime, call, entries, http.RequestAborted) is { } failure)
            {
                await FailedAsync(http, failure, entries);
                return;
            }
        }
        catch (ApiFailure failure)
        {
            await ApiFailures.WriteAsync(http, failure);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static PublishCall Call(SidecarRequest request, string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var pubSub = ByteString.ToText(slash < 0 ? path : path[..slash]);
        var topic = slash < 0 ? string.Empty : ByteString.ToText(path[(slash + 1)..]);
        var (parent, state) = EventTrace.Of(request);
        return new PublishCall(pubSub, topic, Metadata(request.Http.Request), parent, state) { IsOverHttp = true };
    }

    /// <summary>Query parameters that begin with <c>metadata.</c>, of each the first value.</summary>
    private static IReadOnlyDictionary<string, string> Metadata(HttpRequest http)
    {
        const string Prefix = "metadata.";
        Dictionary<string, string>? metadata = null;
        foreach (var (name, values) in http.Query)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                (metadata ??= new(StringComparer.Ordinal)).TryAdd(name[Prefix.Length..], values[0] ?? string.Empty);
            }
        }

        return metadata ?? MessageMetadata.None;
    }

    private static Task FailedAsync(HttpContext http, BulkFailure bulk, IReadOnlyList<BulkEntry> entries)
    {
        var failure = bulk.Failure;
        http.Features.Set(new AnsweredError(failure.Code, failure.Message) { Failure = failure });
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("failedEntries");
            for (var i = 0; i < entries.Count; i++)
            {
                if (bulk.Entries is null || bulk.Entries.ContainsKey(i))
                {
                    writer.WriteStartObject();
                    writer.WriteString("entryId", entries[i].Id);
                    writer.WriteString("error", bulk.Entries is null ? failure.Message : bulk.Entries[i]);
                    writer.WriteEndObject();
                }
            }

            writer.WriteEndArray();
            writer.WriteString("errorCode", failure.Code);
            writer.WriteEndObject();
        }

        return DaprErrors.WriteAsync(http, failure.Status, "application/json", buffer.WrittenMemory);
    }
}
