using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Sessions;

/// <summary>Authorization codes: good once, for one client, for a minute.</summary>
internal sealed class AuthorizationCodes(RealmSettings settings, TimeProvider clock)
{
    // Long enough to notice a stolen code that comes after the honest one.
    private static readonly TimeSpan MemoryOfSpentCodes = TimeSpan.FromMinutes(30);

    private readonly ExpiringStore<AuthorizationCode> _open = new(clock);
    private readonly ExpiringStore<AuthorizationCode> _spent = new(clock);

    public string Issue(Client client, AuthorizationCode code)
    {
        var value = $"{RandomId.Uuid()}.{code.SessionId}.{client.Id}";
        _open.Set(value, code, TimeSpan.FromSeconds(settings.AccessCodeLifespan));
        return value;
    }

    /// <summary>Takes a code out for good, whatever comes of it.</summary>
    public AuthorizationCode? Redeem(string value)
    {
        var code = _open.Take(value);
        if (code is not null)
        {
            _spent.Set(value, code, MemoryOfSpentCodes);
        }

        return code;
    }

    /// <summary>The code that was redeemed before under this value.</summary>
    public AuthorizationCode? FindSpent(string value) => _spent.Find(value);

    public void Prune()
    {
        _open.Prune();
        _spent.Prune();
    }
}

/// <summary>What a code stands for.</summary>
internal sealed record AuthorizationCode
{
    public required string SessionId { get; init; }

    public required string ClientId { get; init; }

    public required string RedirectUri { get; init; }

    public string? Scope { get; init; }

    public string? Nonce { get; init; }

    public string? CodeChallenge { get; init; }

    public string? CodeChallengeMethod { get; init; }

    public string? Resource { get; init; }

    public string? KeyThumbprint { get; init; }
}
