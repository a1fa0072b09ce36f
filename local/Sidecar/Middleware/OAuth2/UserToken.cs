using McpAspire.Sidecar.Middleware.Tokens;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>A signed-in person's token, with what is needed to renew it.</summary>
internal sealed record UserToken(string HeaderValue, string? RefreshToken, string Scope, DateTimeOffset? ExpiresAt, DateTimeOffset? RenewFrom)
{
    private static readonly TimeSpan _longestSkew = TimeSpan.FromSeconds(30);

    public static UserToken From(TokenResponse response, string requestedScope, string? earlierRefreshToken, DateTimeOffset requestedAt)
    {
        DateTimeOffset? expiresAt = null;
        DateTimeOffset? renewFrom = null;
        if (response.ExpiresIn is { } lifetime)
        {
            expiresAt = requestedAt + lifetime;
            renewFrom = expiresAt - (lifetime / 10 < _longestSkew ? lifetime / 10 : _longestSkew);
        }

        return new UserToken(response.HeaderValue, response.RefreshToken ?? earlierRefreshToken, response.Scope ?? requestedScope, expiresAt, renewFrom);
    }

    public bool IsExpired(DateTimeOffset now) => now >= ExpiresAt;

    public bool IsDue(DateTimeOffset now) => now >= RenewFrom;

    /// <summary>Never its values: a record's text would hold them.</summary>
    public override string ToString() => nameof(UserToken);
}
