using System.Text;
using System.Text.Json;
using McpAspire.Sidecar.Api;

namespace McpAspire.Sidecar.PubSub;

/// <summary>Reads the body of a bulk publish: <c>[{"entryId","event","contentType","metadata"}]</c>. Throws <see cref="Api.ApiFailure"/>.</summary>
internal static class BulkPublishBody
{
    private const string Mismatch = "error: mismatch between contentType and event";

    public static IReadOnlyList<BulkEntry> Read(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> metadata, PubSubErrors errors)
    {
        try
        {
            return ReadEntries(body, metadata, errors);
        }
        catch (InvalidOperationException)
        {
            throw errors.NoEvents("a text is not Unicode");
        }
    }

    private static IReadOnlyList<BulkEntry> ReadEntries(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> metadata, PubSubErrors errors)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            throw errors.NoEvents(body.IsEmpty ? "EOF" : "unexpected EOF");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw errors.NoEvents($"json: cannot unmarshal {GoKind(document.RootElement)} into Go value of type []http.bulkPublishMessageEntry");
            }

            var ids = new HashSet<string>(StringComparer.Ordinal);
            var entries = new List<BulkEntry>();
            var shared = 0L;
            foreach (var item in document.RootElement.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object)
                {
                    throw errors.NoEvents($"json: cannot unmarshal {GoKind(item)} into Go value of type http.bulkPublishMessageEntry");
                }

                var entry = Read(item, metadata, errors);
                if (entry.Id.Length == 0 || !ids.Add(entry.Id))
                {
                    throw errors.BadEntry("entryId is duplicated or not present for entry");
                }

                entries.Add(entry);
                shared += ReferenceEquals(entry.Metadata, MessageMetadata.None) ? 0 : metadata.Count;
                if (shared > BulkEntry.MaxSharedMetadata)
                {
                    throw errors.SharedMetadata();
                }
            }

            return entries;
        }
    }

    private static BulkEntry Read(JsonElement item, IReadOnlyDictionary<string, string> ofCall, PubSubErrors errors)
    {
        var (id, contentType, data) = (string.Empty, string.Empty, default(JsonElement));
        Dictionary<string, string>? metadata = null;
        foreach (var field in item.EnumerateObject())
        {
            if (Is("entryId"))
            {
                id = Text();
            }
            else if (Is("contentType"))
            {
                contentType = Text();
            }
            else if (Is("event"))
            {
                data = field.Value;
            }
            else if (Is("metadata") && field.Value.ValueKind == JsonValueKind.Object)
            {
                metadata = new Dictionary<string, string>(ofCall, StringComparer.Ordinal);
                foreach (var pair in field.Value.EnumerateObject())
                {
                    metadata[pair.Name] = pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : pair.Value.GetRawText();
                }
            }

            bool Is(string name) => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

            string Text() => field.Value.ValueKind switch
            {
                JsonValueKind.String => field.Value.GetString()!,
                JsonValueKind.Null => string.Empty,
                _ => throw errors.NoEvents($"json: cannot unmarshal {GoKind(field.Value)} into Go struct field bulkPublishMessageEntry.{field.Name} of type string"),
            };
        }

        return new BulkEntry(id, Bytes(data, contentType, errors), contentType, metadata ?? MessageMetadata.None);
    }

    private static byte[] Bytes(JsonElement data, string contentType, PubSubErrors errors)
    {
        if (ContentTypes.IsBinary(contentType))
        {
            if (data.ValueKind != JsonValueKind.String)
            {
                throw errors.BadEvent(Mismatch);
            }

            return data.TryGetBytesFromBase64(out var bytes) ? bytes : throw errors.BadEvent("error: unable to decode base64 application/octect-stream data: illegal base64 data");
        }

        if (ContentTypes.IsText(contentType))
        {
            return data.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(data.GetString()!) : throw errors.BadEvent(Mismatch);
        }

        return ContentTypes.IsJson(contentType) || ContentTypes.IsCloudEvent(contentType) ? Json(data) : throw errors.BadEvent(Mismatch);
    }

    private static byte[] Json(JsonElement data)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, DaprJson.Options))
        {
            if (data.ValueKind == JsonValueKind.Undefined)
            {
                writer.WriteNullValue();
            }
            else
            {
                data.WriteTo(writer);
            }
        }

        return buffer.ToArray();
    }

    private static string GoKind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => "string",
    };
}
