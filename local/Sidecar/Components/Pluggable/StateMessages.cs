using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using McpAspire.Sidecar.Components.Pluggable.Protocol;
using McpAspire.Sidecar.State;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>Requests for state as a store in another process gets them.</summary>
internal static class StateMessages
{
    public static GetRequest Of(StateRead read) => new() { Key = read.Key, Consistency = ConsistencyOf(read.Consistency), Metadata = { read.Metadata.ToDictionary() } };

    public static SetRequest SetOf(StateChange change) => new()
    {
        Key = change.Key,
        Value = UnsafeByteOperations.UnsafeWrap(change.Value),
        Etag = ETagOf(change),
        Options = OptionsOf(change),
        Metadata = { change.Metadata.ToDictionary() },
    };

    public static DeleteRequest DeleteOf(StateChange change) => new() { Key = change.Key, Etag = ETagOf(change), Options = OptionsOf(change), Metadata = { change.Metadata.ToDictionary() } };

    /// <summary>Of Dapr's query in JSON: each filter goes on as JSON.</summary>
    public static QueryRequest QueryOf(ReadOnlyMemory<byte> json, IReadOnlyDictionary<string, string> metadata)
    {
        using var document = JsonDocument.Parse(json);
        var query = new Query { Pagination = new Pagination() };
        var root = document.RootElement;
        if (root.TryGetProperty("filter", out var filter) && filter.ValueKind != JsonValueKind.Null)
        {
            foreach (var field in filter.EnumerateObject())
            {
                query.Filter[field.Name] = new Any { Value = ByteString.CopyFromUtf8(field.Value.GetRawText()) };
            }
        }

        if (root.TryGetProperty("sort", out var sort) && sort.ValueKind != JsonValueKind.Null)
        {
            foreach (var field in sort.EnumerateArray())
            {
                query.Sort.Add(new Sorting { Key = Text(field, "key"), Order = Text(field, "order") == "DESC" ? Sorting.Types.Order.Desc : Sorting.Types.Order.Asc });
            }
        }

        if (root.TryGetProperty("page", out var page) && page.ValueKind != JsonValueKind.Null)
        {
            query.Pagination.Limit = page.TryGetProperty("limit", out var limit) ? limit.GetInt64() : 0;
            query.Pagination.Token = Text(page, "token");
        }

        return new QueryRequest { Query = query, Metadata = { metadata.ToDictionary() } };
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? string.Empty : string.Empty;

    private static Etag? ETagOf(StateChange change) => change.ETag is { } tag ? new Etag { Value = tag } : null;

    private static StateOptions OptionsOf(StateChange change) => new()
    {
        Consistency = ConsistencyOf(change.Consistency),
        Concurrency = change.Concurrency switch
        {
            "first-write" => StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite,
            "last-write" => StateOptions.Types.StateConcurrency.ConcurrencyLastWrite,
            _ => StateOptions.Types.StateConcurrency.ConcurrencyUnspecified,
        },
    };

    private static StateOptions.Types.StateConsistency ConsistencyOf(string consistency) => consistency switch
    {
        "eventual" => StateOptions.Types.StateConsistency.ConsistencyEventual,
        "strong" => StateOptions.Types.StateConsistency.ConsistencyStrong,
        _ => StateOptions.Types.StateConsistency.ConsistencyUnspecified,
    };
}
