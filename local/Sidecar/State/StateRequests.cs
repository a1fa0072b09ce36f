using System.Text;
using System.Text.Json;

namespace McpAspire.Sidecar.State;

/// <summary>Reads the bodies of the state API; names in any case, unknown ones skipped, as in Dapr.</summary>
internal static class StateRequests
{
    private const int MaxDepth = 10_000;

    /// <summary>Of keys, items or operations: a million short ones in a body of some megabytes would be a hundred megabytes.</summary>
    private const int MaxItems = 100_000;

    private delegate void FieldReader(ReadOnlySpan<char> name, ref Utf8JsonReader reader);

    public static IReadOnlyList<SaveRequest> ReadSave(ReadOnlySpan<byte> body)
    {
        var requests = new List<SaveRequest>();
        Read(body, (ref Utf8JsonReader reader) => ReadItems(ref reader, "Go value of type []state.SetRequest", (ref Utf8JsonReader item) => requests.Add(ReadRequest(ref item, "Go value of type state.SetRequest"))));
        return requests;
    }

    public static BulkGetRequest ReadBulkGet(ReadOnlySpan<byte> body)
    {
        var keys = new List<string>();
        Read(body, (ref Utf8JsonReader reader) => ReadFields(ref reader, "Go value of type http.BulkGetRequest", (name, ref field) =>
        {
            if (Is(name, "keys"))
            {
                ReadItems(ref field, "Go struct field BulkGetRequest.keys of type []string", (ref Utf8JsonReader item) => keys.Add(ReadText(ref item, "BulkGetRequest.keys") ?? string.Empty));
            }
            else if (Is(name, "metadata"))
            {
                ReadMetadata(ref field, "BulkGetRequest.metadata", []);
            }
            else if (Is(name, "parallelism"))
            {
                if (field.TokenType is not (JsonTokenType.Null or JsonTokenType.Number))
                {
                    throw Mismatch(field.TokenType, "Go struct field BulkGetRequest.parallelism of type int");
                }
            }
            else
            {
                field.Skip();
            }
        }));
        return new BulkGetRequest(keys);
    }

    public static IReadOnlyList<TransactionOperation> ReadTransaction(ReadOnlySpan<byte> body)
    {
        var operations = new List<TransactionOperation>();
        Read(body, (ref Utf8JsonReader reader) => ReadFields(ref reader, "Go value of type http.stateTransactionRequestBody", (name, ref field) =>
        {
            if (Is(name, "operations"))
            {
                ReadItems(ref field, "Go struct field stateTransactionRequestBody.operations of type []http.stateTransactionRequestBodyOperation", (ref Utf8JsonReader item) => operations.Add(ReadOperation(ref item)));
            }
            else if (Is(name, "metadata"))
            {
                ReadMetadata(ref field, "stateTransactionRequestBody.metadata", []);
            }
            else
            {
                field.Skip();
            }
        }));
        return operations;
    }

    private static TransactionOperation ReadOperation(ref Utf8JsonReader reader)
    {
        var operation = string.Empty;
        SaveRequest? request = null;
        ReadFields(ref reader, "Go struct field stateTransactionRequestBody.operations of type http.stateTransactionRequestBodyOperation", (name, ref field) =>
        {
            if (Is(name, "operation"))
            {
                operation = ReadText(ref field, "stateTransactionRequestBodyOperation.operations.operation") ?? string.Empty;
            }
            else if (Is(name, "request"))
            {
                request = field.TokenType == JsonTokenType.Null ? null : ReadRequest(ref field, "a request of an operation");
            }
            else
            {
                field.Skip();
            }
        });
        return new TransactionOperation(operation, request ?? new SaveRequest());
    }

    private static SaveRequest ReadRequest(ref Utf8JsonReader reader, string place)
    {
        var request = new SaveRequest();
        ReadFields(ref reader, place, (name, ref field) =>
        {
            if (Is(name, "key"))
            {
                request.Key = ReadText(ref field, "SetRequest.key") ?? string.Empty;
            }
            else if (Is(name, "value"))
            {
                request.Value = StoredJson.Read(ref field);
            }
            else if (Is(name, "etag"))
            {
                request.ETag = ReadText(ref field, "SetRequest.etag");
            }
            else if (Is(name, "contentType"))
            {
                _ = ReadText(ref field, "SetRequest.contentType");
            }
            else if (Is(name, "metadata"))
            {
                ReadMetadata(ref field, "SetRequest.metadata", request.Metadata);
            }
            else if (Is(name, "options"))
            {
                ReadOptions(ref field, request);
            }
            else
            {
                field.Skip();
            }
        });
        return request;
    }

    private static void ReadOptions(ref Utf8JsonReader reader, SaveRequest request)
        => ReadFields(ref reader, "Go struct field SetRequest.options of type state.SetStateOption", (name, ref field) =>
        {
            if (Is(name, "concurrency"))
            {
                request.Concurrency = ReadText(ref field, "SetStateOption.options.Concurrency") ?? string.Empty;
            }
            else if (Is(name, "consistency"))
            {
                request.Consistency = ReadText(ref field, "SetStateOption.options.Consistency") ?? string.Empty;
            }
            else
            {
                field.Skip();
            }
        });

    private static void ReadMetadata(ref Utf8JsonReader reader, string place, Dictionary<string, string> metadata)
        => ReadFields(ref reader, $"Go struct field {place} of type map[string]string", (name, ref field) => metadata[name.ToString()] = ReadText(ref field, place) ?? string.Empty);

    private delegate void ItemReader(ref Utf8JsonReader reader);

    private static void Read(ReadOnlySpan<byte> body, ItemReader read)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (body.Trim(" \t\r\n"u8).IsEmpty)
            {
                throw new MalformedStateException("EOF");
            }

            _ = reader.Read();
            read(ref reader);
        }
        catch (JsonException exception)
        {
            // Its text may quote the body.
            throw new MalformedStateException($"invalid JSON in line {exception.LineNumber + 1}, at byte {exception.BytePositionInLine + 1}");
        }
    }

    private static void ReadItems(ref Utf8JsonReader reader, string place, ItemReader read)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Mismatch(reader.TokenType, place);
        }

        for (var count = 1; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if (count > MaxItems)
            {
                throw new MalformedStateException($"a list has no more than {MaxItems} items");
            }

            read(ref reader);
        }
    }

    private static void ReadFields(ref Utf8JsonReader reader, string place, FieldReader read)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Mismatch(reader.TokenType, place);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = StoredJson.Text(ref reader);
            _ = reader.Read();
            read(name, ref reader);
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader, string field) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => StoredJson.Text(ref reader),
        var other => throw Mismatch(other, $"Go struct field {field} of type string"),
    };

    private static bool Is(ReadOnlySpan<char> name, string wanted) => Ascii.EqualsIgnoreCase(name, wanted);

    private static MalformedStateException Mismatch(JsonTokenType token, string place)
    {
        var kind = token switch
        {
            JsonTokenType.StartObject => "object",
            JsonTokenType.StartArray => "array",
            JsonTokenType.String => "string",
            JsonTokenType.Number => "number",
            JsonTokenType.True or JsonTokenType.False => "bool",
            _ => "null",
        };
        return new MalformedStateException($"json: cannot unmarshal {kind} into {place}");
    }
}
