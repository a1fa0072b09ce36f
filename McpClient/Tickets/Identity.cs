namespace McpAspire.Client.Tickets;

/// <summary>Who the server sees, as its tool <c>whoami</c> reports. The client itself never sees the token.</summary>
public sealed record Identity
{
    /// <summary>User name, or the name of a service account.</summary>
    public required string User { get; init; }

    /// <summary>Full name, when there is one.</summary>
    public string? Name { get; init; }

    /// <summary>The tenant whose tickets are visible.</summary>
    public string? Tenant { get; init; }

    /// <summary>The OAuth client that acts for the user.</summary>
    public string? Client { get; init; }

    /// <summary>Granted OAuth scopes.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>When the token ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
