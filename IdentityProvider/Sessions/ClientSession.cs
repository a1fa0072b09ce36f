namespace McpAspire.IdentityProvider.Sessions;

/// <summary>What one client was given within a session.</summary>
internal sealed class ClientSession
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RefreshUse> _uses;

    public ClientSession()
        : this([])
    {
    }

    public ClientSession(Dictionary<string, RefreshUse> uses) => _uses = uses;

    public required string ClientId { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>"1" when a password was typed for this client, "0" when the session was enough.</summary>
    public required string AuthenticationContext { get; set; }

    /// <summary>
    /// Counts a use of a refresh token in its chain. False when it was used more often than allowed, or
    /// when a later one of the chain was already used.
    /// </summary>
    public RefreshOutcome UseRefreshToken(string chain, string tokenId, DateTimeOffset issued, int maxReuse)
    {
        lock (_lock)
        {
            _uses.TryGetValue(chain, out var use);
            if (use is not null && use.TokenId != tokenId)
            {
                if (issued.ToUnixTimeSeconds() <= use.Issued.ToUnixTimeSeconds() && use.Earlier.Contains(tokenId))
                {
                    return RefreshOutcome.Stale;
                }

                use.Earlier.Add(use.TokenId);
                use = use with { TokenId = tokenId, Count = 0, Issued = issued };
            }

            use ??= new RefreshUse(tokenId, 0, issued, []);
            _uses[chain] = use with { Count = use.Count + 1 };
            return use.Count > maxReuse ? RefreshOutcome.Reused : RefreshOutcome.Fine;
        }
    }

    public Dictionary<string, RefreshUse> ExportUses()
    {
        lock (_lock)
        {
            return _uses.ToDictionary(use => use.Key, use => use.Value with { Earlier = [.. use.Value.Earlier] });
        }
    }
}

/// <summary>The refresh token last used in a chain, how often, and those before it.</summary>
internal sealed record RefreshUse(string TokenId, int Count, DateTimeOffset Issued, HashSet<string> Earlier);

/// <summary>Whether a refresh token may still be used.</summary>
internal enum RefreshOutcome
{
    Fine,
    Reused,
    Stale,
}
