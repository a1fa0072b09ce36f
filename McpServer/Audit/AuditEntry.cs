namespace McpAspire.McpServer.Audit;

/// <summary>One tool call, allowed or refused. Never changed after its outcome is known; <see cref="AuditRetention"/> deletes it in the end.</summary>
internal sealed class AuditEntry
{
    public const string Pending = "pending";

    public Guid Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Empty when the token named none.</summary>
    public required string Tenant { get; init; }

    public string? Subject { get; init; }

    public string? UserName { get; init; }

    public string? Client { get; init; }

    public string? Tool { get; init; }

    public required bool Allowed { get; init; }

    public string? Reason { get; init; }

    public required string RequiredScopes { get; init; }

    public required string GrantedScopes { get; init; }

    public string? TraceId { get; init; }

    /// <summary>How an allowed call ended; stays <see cref="Pending"/> when the process ended first.</summary>
    public string? Outcome { get; init; }

    public double? Milliseconds { get; init; }
}
