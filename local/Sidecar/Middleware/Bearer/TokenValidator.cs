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
    private readonly VerifiedTokens _verified = new();

    /// <summary>The verdict over a header's value that was given along with a good token; null: its token has to be validated.</summary>
    public TokenVerdict? Recall(string header)
        => keys.Current is { } current && _verified.TryGet(header, current, out var times)
            ? IsInTime(times) ? TokenVerdict.Valid : TokenVerdict.Invalid
            : null;

    /// <param name="token">A JWT.</param>
    /// <param name="cancellationToken">For what has to be asked of the provider.</param>
    /// <param name="header">The value that the token stands in: <see cref="Recall"/> knows it when the token is good.</param>
    public async ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken, string? header = null)
    {
        if (keys.Current is not { } current)
        {
            return TokenVerdict.Undecided;
        }

        var digest = Digest.Of(token);
        if (_verified.TryGet(digest, current, out var known))
        {
            _verified.Recognize(header, digest);
            return IsInTime(known) ? TokenVerdict.Valid : TokenVerdict.Invalid;
        }

        // Signed alone. Of an encrypted one the library wants to decode what is in it.
        if (token.AsSpan().Count('.') != 2)
        {
            return TokenVerdict.Invalid;
        }

        JsonWebToken jwt;
        try
        {
            jwt = new JsonWebToken(token);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return TokenVerdict.Invalid;
        }

        // None of what crit can name is known here, and a token is only good for who knows all of it.
        if (jwt.Kid is not { Length: > 0 } kid || jwt.TryGetHeaderValue<object>("crit", out _))
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

        if (jwt.Alg != algorithm || await VerifyAsync(jwt, key, algorithm) is not { } times)
        {
            return TokenVerdict.Invalid;
        }

        _verified.Add(digest, current, times);
        _verified.Recognize(header, digest);
        return TokenVerdict.Valid;
    }

    /// <summary>The times of a token that is good now; null when it is not.</summary>
    private async Task<TokenTimes?> VerifyAsync(JsonWebToken jwt, SecurityKey key, string algorithm)
    {
        TokenTimes? times = null;
        var result = await _handler.ValidateTokenAsync(jwt, new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudience = audience,
            IgnoreTrailingSlashWhenValidatingAudience = false, // another resource
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false,
            ValidAlgorithms = [algorithm],
            RequireSignedTokens = true,
            LifetimeValidator = (notBefore, expires, _, _) =>
            {
                times = TimesOf(jwt, notBefore, expires);
                return times is { } found && IsInTime(found);
            },
        });
        return result.IsValid ? times : null;
    }

    /// <summary>A token without <c>exp</c> would be good for ever; daprd lets it pass.</summary>
    private static TokenTimes? TimesOf(JsonWebToken jwt, DateTime? notBefore, DateTime? expires)
    {
        long? issuedAt = jwt.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Iat, out var seconds) ? seconds : null;
        return expires is null ? null : new TokenTimes(notBefore, issuedAt, expires.Value);
    }

    private bool IsInTime(in TokenTimes times) => times.Include(time.GetUtcNow(), skew);
}
