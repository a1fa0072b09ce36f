using McpAspire.Sidecar.Middleware.Tokens;

namespace McpAspire.Sidecar.Middleware.ClientCredentials;

/// <summary>A service token and when to stop using it: a little before it expires, so that it is not refused on its way.</summary>
internal sealed class CachedToken
{
    private static readonly TimeSpan _longestSkew = TimeSpan.FromSeconds(30);

    /// <summary>Without <c>expires_in</c> daprd keeps a token for ever; the provider may have meant minutes.</summary>
    private static readonly TimeSpan _unknownLifetime = TimeSpan.FromMinutes(5);

    private readonly DateTimeOffset _useUntil;

    public CachedToken(TokenResponse response, DateTimeOffset requestedAt)
    {
        HeaderValue = response.HeaderValue;
        RequestedAt = requestedAt;
        var lifetime = response.ExpiresIn ?? _unknownLifetime;
        var skew = lifetime / 10 < _longestSkew ? lifetime / 10 : _longestSkew;
        _useUntil = requestedAt + lifetime - skew;
    }

    public string HeaderValue { get; }

    public DateTimeOffset RequestedAt { get; }

    public bool IsUsable(DateTimeOffset now) => now < _useUntil;
}
