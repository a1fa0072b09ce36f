using System.Diagnostics;
using System.Text.Json;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Telemetry;

namespace McpAspire.Sidecar.PubSub;

/// <summary>Publishes for the API, over HTTP or gRPC. Throws <see cref="ApiFailure"/>.</summary>
internal sealed class Publisher(SidecarMetrics metrics, TimeProvider time)
{
    public async Task PublishAsync(RuntimeSnapshot runtime, PublishCall call, ReadOnlyMemory<byte> data, string contentType, CancellationToken cancellationToken)
    {
        var pubSub = Find(runtime, call);
        var message = new PubSubMessage(call.Topic, Envelope(runtime, call, data, contentType, call.Metadata), call.Metadata);
        var started = Stopwatch.GetTimestamp();
        CheckScope(runtime, pubSub, call);
        var failure = await ResilientPublish.SendAsync(runtime, pubSub, call.PubSub, message, call.IsOverHttp, cancellationToken);
        if (metrics.IsEnabled)
        {
            metrics.PubSub.Published(call.PubSub, call.Topic, failure is null, Stopwatch.GetElapsedTime(started));
        }

        if (failure is not null)
        {
            throw Errors(runtime, call).Of(failure);
        }
    }

    /// <summary>Null: all of them are published.</summary>
    public async Task<BulkFailure?> PublishAllAsync(RuntimeSnapshot runtime, PublishCall call, IReadOnlyList<BulkEntry> entries, CancellationToken cancellationToken)
    {
        var pubSub = Find(runtime, call);
        var messages = entries
            .Select(entry => new PubSubMessage(call.Topic, Envelope(runtime, call with { Metadata = entry.Metadata }, entry.Data, entry.ContentType, call.Metadata), entry.Metadata) { Id = entry.Id, ContentType = entry.ContentType })
            .ToArray();
        var started = Stopwatch.GetTimestamp();
        CheckScope(runtime, pubSub, call);
        var failure = await ResilientPublish.SendAllAsync(runtime, pubSub, call, messages, cancellationToken);
        if (metrics.IsEnabled)
        {
            metrics.PubSub.PublishedInBulk(call.PubSub, call.Topic, failure is null, failure is null ? entries.Count : entries.Count - (failure.Entries?.Count ?? entries.Count), Stopwatch.GetElapsedTime(started));
        }

        return failure is null ? null : new BulkFailure(Errors(runtime, call).Of(failure), failure.Entries);
    }

    public static IPubSub Find(RuntimeSnapshot runtime, PublishCall call)
    {
        var errors = Errors(runtime, call);
        if (call.PubSub.Length == 0)
        {
            throw errors.NameEmpty();
        }

        var pubSub = runtime.Embedded.Find<IPubSub>(call.PubSub) ?? throw errors.NotFound(call.Metadata);
        if (call.Topic.Length == 0)
        {
            throw errors.TopicEmpty(call.Metadata);
        }

        return MessageMetadata.RawPayloadComplaint(call.Metadata, out _) is { } complaint
            ? throw errors.BadMetadata(call.Metadata, complaint)
            : pubSub;
    }

    public static PubSubErrors Errors(RuntimeSnapshot runtime, PublishCall call) => new(call.PubSub, call.Topic, runtime.AppId);

    private byte[] Envelope(RuntimeSnapshot runtime, PublishCall call, ReadOnlyMemory<byte> data, string contentType, IReadOnlyDictionary<string, string> ofCall)
    {
        MessageMetadata.RawPayloadComplaint(ofCall, out var isRaw);
        if (isRaw)
        {
            return data.ToArray();
        }

        try
        {
            var source = new CloudEventSource(runtime.AppId, call.PubSub, call.Topic, call.TraceParent, call.TraceState);
            return CloudEventEnvelope.Create(source, data, contentType, call.Metadata, time.GetLocalNow());
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw Errors(runtime, call).NoCloudEvent(problem is JsonException ? "the body is not a JSON object" : "a text is not Unicode");
        }
    }

    private static void CheckScope(RuntimeSnapshot runtime, IPubSub pubSub, PublishCall call)
    {
        if (!pubSub.Scopes.MayPublish(call.Topic))
        {
            throw Errors(runtime, call).Forbidden();
        }
    }
}

/// <summary>What a bulk failed with.</summary>
/// <param name="Failure">Of the whole call.</param>
/// <param name="Entries">The failed ones by their place, each with its reason; null: all, for the same reason.</param>
internal sealed record BulkFailure(ApiFailure Failure, IReadOnlyDictionary<int, string>? Entries);

/// <summary>Where something is published, with which metadata, in which trace.</summary>
internal sealed record PublishCall(string PubSub, string Topic, IReadOnlyDictionary<string, string> Metadata, string TraceParent, string TraceState)
{
    /// <summary>A retry that looks at status codes then looks at HTTP's.</summary>
    public bool IsOverHttp { get; init; }
}

/// <summary>One event of a bulk publish.</summary>
internal sealed record BulkEntry(string Id, ReadOnlyMemory<byte> Data, string ContentType, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>An entry with metadata gets that of the call too: so many pairs for all of them, where a message of some megabytes would make billions.</summary>
    public const int MaxSharedMetadata = 100_000;
}
