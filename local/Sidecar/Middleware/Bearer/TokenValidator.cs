using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpAspire.Sidecar.Middleware.Bearer;

internal enum TokenVerdict
{
    Valid,
    Invalid,

    /// <summary>There are no keys to check with: the provider has not answered yet.</summary>
    Undecided,
}

/// <summary>Checks a JWT: signed by the issuer's key that its kid names, with that key's algorithm; issuer, audience and times.</summary>
internal sealed class TokenValidator(ProviderKeys keys, string issuer, string audience, TimeSpan skew, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    public async ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (keys.Current is not { } current)
        {
            return TokenVerdict.Undecided;
        }

        JsonWebToken jwt;
        try
        {
            jwt = new JsonWebToken(token);
        }
        catch (ArgumentException)
        {
            return TokenVerdict.Invalid;
        }

        if (jwt.Kid is not { Length: > 0 } kid || jwt.IsEncrypted)
        {
            return TokenVerdict.Invalid;
        }

        if (!current.TryGet(kid, out var key, out var algorithm))
        {
            current = await keys.RefreshForUnknownKeyAsync(cancellationToken);
            if (current is null || !current.TryGet(kid, out key, out algorithm))
            {
                return TokenVerdict.Invalid;
            }
        }

        return jwt.Alg == algorithm && await IsValidAsync(jwt, key, algorithm) ? TokenVerdict.Valid : TokenVerdict.Invalid;
    }

    private async Task<bool> IsValidAsync(JsonWebToken jwt, SecurityKey key, string algorithm)
    {
        var result = await _handler.ValidateTokenAsync(jwt, new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudience = audience,
            IgnoreTrailingSlashWhenValidatingAudience = false, // another resource
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false,
            ValidAlgorithms = [algorithm],
            RequireSignedTokens = true,
            LifetimeValidator = (notBefore, expires, _, _) => IsInTime(notBefore, expires),
        });
        return result.IsValid && !IsIssuedInTheFuture(jwt);
    }

    /// <summary>A token without <c>exp</c> would be good for ever; daprd lets it pass.</summary>
    private bool IsInTime(DateTime? notBefore, DateTime? expires)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return !(notBefore > now + skew) && expires > now - skew;
    }

    private bool IsIssuedInTheFuture(JsonWebToken jwt)
        => jwt.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Iat, out var issuedAt)
           && issuedAt > (time.GetUtcNow() + skew).ToUnixTimeSeconds();
}
