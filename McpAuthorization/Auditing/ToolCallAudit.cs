namespace McpAspire.McpAuthorization.Auditing;

/// <summary>Who called what, and what was decided. Never holds a token or the arguments of a call.</summary>
public sealed record ToolCallAudit
{
    /// <summary>Identifies the call: the same for its decision and its outcome.</summary>
    public required Guid CallId { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The tool as the caller named it, cut to a sane length; null when the request named none.</summary>
    public string? Tool { get; init; }

    /// <summary>Whether the call was allowed.</summary>
    public required bool Allowed { get; init; }

    /// <summary>One of <see cref="Policies.RefusalReasons"/> when it was refused.</summary>
    public string? Reason { get; init; }

    /// <summary>The scopes that the tool demands.</summary>
    public IReadOnlyList<string> RequiredScopes { get; init; } = [];

    /// <summary>The scopes that the token grants.</summary>
    public IReadOnlyList<string> GrantedScopes { get; init; } = [];

    /// <summary>The subject of the token.</summary>
    public string? Subject { get; init; }

    /// <summary>The caller's name.</summary>
    public string? UserName { get; init; }

    /// <summary>The caller's tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>The client that asked for the token.</summary>
    public string? Client { get; init; }

    /// <summary>The W3C trace of the request.</summary>
    public string? TraceId { get; init; }
}
