namespace McpAspire.McpServer.Tests.Infrastructure;

/// <summary>What stands in a token; the defaults are alice of contoso with the scope to read.</summary>
public sealed record TokenClaims(string Audience)
{
    public string? OtherAudience { get; init; }

    public string? Issuer { get; init; }

    public string? Subject { get; init; } = "11111111-0000-4000-8000-00000000a11c";

    public string? UserName { get; init; } = "alice";

    public string? Tenant { get; init; } = "contoso";

    public string Client { get; init; } = "mcp-console";

    public string Scope { get; init; } = "openid tickets:read";

    public string[] Roles { get; init; } = ["agent"];

    public string? Type { get; init; } = "Bearer";

    public bool KeyBound { get; init; }

    public DateTimeOffset Expires { get; init; } = DateTimeOffset.UtcNow.AddMinutes(5);

    public Dictionary<string, object> ToDictionary()
    {
        var claims = new Dictionary<string, object>
        {
            ["aud"] = OtherAudience is null ? Audience : new[] { OtherAudience, Audience },
            ["azp"] = Client,
            ["scope"] = Scope,
            ["iat"] = Expires.AddMinutes(-5).ToUnixTimeSeconds(),
            ["exp"] = Expires.ToUnixTimeSeconds(),
            ["realm_access"] = new Dictionary<string, object> { ["roles"] = Roles },
        };
        Add("sub", Subject);
        Add("preferred_username", UserName);
        Add("tenant", Tenant);
        Add("typ", Type);
        if (KeyBound)
        {
            claims["cnf"] = new Dictionary<string, object> { ["jkt"] = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" };
        }

        return claims;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                claims[name] = value;
            }
        }
    }
}
