using System.Globalization;

namespace McpAspire.Sidecar.State;

/// <summary>A stored value; its bytes are never changed.</summary>
/// <param name="Value">As it is answered.</param>
/// <param name="ETag">Another one with each write; null: the store has none.</param>
/// <param name="Expires">When it is gone; null: never.</param>
internal sealed record StateItem(byte[] Value, string? ETag, DateTimeOffset? Expires)
{
    public static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();

    /// <summary>Of a bulk: why this value could not be read.</summary>
    public string? Error { get; init; }

    /// <summary>What the store says of it beside <see cref="Expires"/>.</summary>
    public IReadOnlyDictionary<string, string> Further { get; init; } = NoMetadata;

    /// <summary>All that is answered beside the value: when it is gone in <c>ttlExpireTime</c>, RFC 3339 in whole seconds.</summary>
    public IEnumerable<KeyValuePair<string, string>> Metadata => Expires is { } expires
        ? Further.Prepend(KeyValuePair.Create("ttlExpireTime", expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)))
        : Further;
}
