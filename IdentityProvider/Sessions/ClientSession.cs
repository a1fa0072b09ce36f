namespace McpAspire.IdentityProvider.Sessions;

/// <summary>What one client was given within a session.</summary>
internal sealed class ClientSession
{
    private const int MostEarlier = 1_000;

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
                if (issued <= use.Floor || (issued.ToUnixTimeSeconds() <= use.Issued.ToUnixTimeSeconds() && use.Earlier.Contains(tokenId)))
                {
                    return RefreshOutcome.Stale;
                }

                use.Earlier.Add(use.TokenId);
                use = use with { TokenId = tokenId, Count = 0, Issued = issued };
                use = use.Earlier.Count < MostEarlier ? use : use with { Earlier = [], Floor = use.Issued };
            }

            use ??= new RefreshUse(tokenId, 0, issued, []);
            _uses[chain] = use with { Count = use.Count + 1 };
            return use.Count > maxReuse ? RefreshOutcome.Reused : RefreshOutcome.Fine;
        }
    }

    /// <summary>Forgets chains whose last token was issued so long ago that it has expired.</summary>
    public void ForgetChains(DateTimeOffset before)
    {
        lock (_lock)
        {
            foreach (var chain in _uses.Where(use => use.Value.Issued < before).Select(use => use.Key).ToList())
            {
                _uses.Remove(chain);
            }
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

/// <summary>The refresh token last used in a chain, how often, and those before it: by id, or all issued up to a time.</summary>
internal sealed record RefreshUse(string TokenId, int Count, DateTimeOffset Issued, HashSet<string> Earlier, DateTimeOffset Floor = default);

/// <summary>Whether a refresh token may still be used.</summary>
internal enum RefreshOutcome
{
    Fine,
    Reused,
    Stale,
}
