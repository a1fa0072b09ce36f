using System.Globalization;

namespace McpAspire.Sidecar.State;

/// <summary>A stored value; its bytes are never changed.</summary>
/// <param name="Value">As it is answered.</param>
/// <param name="ETag">Another one with each write.</param>
/// <param name="Expires">When it is gone; null: never.</param>
internal sealed record StateItem(byte[] Value, string ETag, DateTimeOffset? Expires)
{
    /// <summary>When it is gone, as <c>ttlExpireTime</c> says it: RFC 3339 in whole seconds.</summary>
    public string? ExpiryText => Expires?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
