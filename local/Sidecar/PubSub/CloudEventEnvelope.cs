using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using McpAspire.Sidecar.Api;

namespace McpAspire.Sidecar.PubSub;

/// <summary>The CloudEvent (specversion 1.0) that a published payload becomes, with the fields and defaults of daprd.</summary>
internal static class CloudEventEnvelope
{
    private const string DefaultType = "com.dapr.event.sent";
    private const string DefaultSource = "Dapr";

    /// <summary>Throws <see cref="JsonException"/> for a body that says it is a CloudEvent and is none.</summary>
    public static byte[] Create(CloudEventSource source, ReadOnlyMemory<byte> data, string contentType, IReadOnlyDictionary<string, string> metadata, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer, DaprJson.Options))
        {
            writer.WriteStartObject();
            if (ContentTypes.IsCloudEvent(contentType))
            {
                Complete(writer, source, data, now);
            }
            else
            {
                Wrap(writer, source, data, contentType, metadata, now);
            }

            if (MessageMetadata.Ttl(metadata) is { } ttl)
            {
                writer.WriteString("expiration", Time(now.ToUniversalTime() + ttl));
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>For a subscriber of raw payloads: its bytes in base64, and what can be known of them.</summary>
    public static byte[] OfRawPayload(ReadOnlySpan<byte> data, string topic, string pubSub, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>((data.Length * 4 / 3) + 512);
        using (var writer = new Utf8JsonWriter(buffer, DaprJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteBase64String("data_base64", data);
            writer.WriteString("datacontenttype", ContentTypes.Binary);
            writer.WriteString("id", Guid.NewGuid().ToString());
            writer.WriteString("pubsubname", pubSub);
            writer.WriteString("source", DefaultSource);
            writer.WriteString("specversion", "1.0");
            writer.WriteString("topic", topic);
            var parent = metadata.GetValueOrDefault("traceparent");
            if ((parent ?? metadata.GetValueOrDefault("traceid")) is { } traceId)
            {
                writer.WriteString("traceid", traceId);
            }

            if (parent is not null)
            {
                writer.WriteString("traceparent", parent);
            }

            if (metadata.GetValueOrDefault("tracestate") is { } state)
            {
                writer.WriteString("tracestate", state);
            }

            writer.WriteString("type", DefaultType);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Wrap(Utf8JsonWriter writer, CloudEventSource source, ReadOnlyMemory<byte> data, string contentType, IReadOnlyDictionary<string, string> metadata, DateTimeOffset now)
    {
        string? Override(string name) => MessageMetadata.Value(metadata, "cloudevent." + name) is { Length: > 0 } value ? value : null;

        var type = contentType.Length == 0 ? "text/plain" : contentType;
        WriteData(writer, data, type);
        writer.WriteString("datacontenttype", type);
        writer.WriteString("id", Override("id") ?? Guid.NewGuid().ToString());
        writer.WriteString("pubsubname", source.PubSub);
        writer.WriteString("source", Override("source") ?? (source.AppId.Length > 0 ? source.AppId : DefaultSource));
        writer.WriteString("specversion", "1.0");
        if (Override("subject") is { } subject)
        {
            writer.WriteString("subject", subject);
        }

        writer.WriteString("time", Time(now));
        writer.WriteString("topic", source.Topic);
        var trace = Override("traceparent") ?? Override("traceid") ?? source.TraceParent;
        writer.WriteString("traceid", trace);
        writer.WriteString("traceparent", trace);
        writer.WriteString("tracestate", Override("tracestate") ?? source.TraceState);
        writer.WriteString("type", Override("type") ?? DefaultType);
    }

    private static void WriteData(Utf8JsonWriter writer, ReadOnlyMemory<byte> data, string type)
    {
        if (ContentTypes.IsBinary(type))
        {
            writer.WriteBase64String("data_base64", data.Span);
        }
        else if (ContentTypes.IsJson(type) && TryParse(data, out var document))
        {
            using (document)
            {
                writer.WritePropertyName("data");
                document.RootElement.WriteTo(writer);
            }
        }
        else
        {
            writer.WriteString("data", Encoding.UTF8.GetString(data.Span));
        }
    }

    private static void Complete(Utf8JsonWriter writer, CloudEventSource source, ReadOnlyMemory<byte> data, DateTimeOffset now)
    {
        if (!TryParse(data, out var document))
        {
            throw new JsonException();
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new JsonException();
            }

            var seen = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var field in document.RootElement.EnumerateObject())
            {
                seen[field.Name] = field.Value;
            }

            bool IsMissing(string name) => !seen.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null;

            var setsTrace = !seen.ContainsKey("traceid");
            foreach (var (name, value) in seen)
            {
                var isOurs = name is "topic" or "pubsubname" || (name == "traceparent" && setsTrace) || (name is "source" or "type" or "specversion" && IsMissing(name));
                if (!isOurs)
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }
            }

            writer.WriteString("topic", source.Topic);
            writer.WriteString("pubsubname", source.PubSub);
            Default("source", DefaultSource);
            Default("type", DefaultType);
            Default("specversion", "1.0");
            if (!seen.ContainsKey("time"))
            {
                writer.WriteString("time", Time(now));
            }

            if (setsTrace)
            {
                writer.WriteString("traceid", source.TraceParent);
                writer.WriteString("traceparent", source.TraceParent);
            }

            if (!seen.ContainsKey("tracestate"))
            {
                writer.WriteString("tracestate", source.TraceState);
            }

            void Default(string name, string value)
            {
                if (IsMissing(name))
                {
                    writer.WriteString(name, value);
                }
            }
        }
    }

    /// <summary>The first JSON value; Go's decoder does not look at what follows it.</summary>
    private static bool TryParse(ReadOnlyMemory<byte> data, out JsonDocument document)
    {
        var reader = new Utf8JsonReader(data.Span, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
        try
        {
            if (JsonDocument.TryParseValue(ref reader, out var parsed))
            {
                document = parsed;
                return true;
            }
        }
        catch (JsonException)
        {
            // Not JSON: as in Dapr it is then a text.
        }

        document = null!;
        return false;
    }

    private static string Time(DateTimeOffset time)
        => time.Offset == TimeSpan.Zero
            ? time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}

/// <summary>Who publishes where, in which trace.</summary>
internal sealed record CloudEventSource(string AppId, string PubSub, string Topic, string TraceParent, string TraceState);
