namespace McpAspire.AppHost;

/// <summary>Everything that is decided before the first process starts.</summary>
internal sealed record StackPlan
{
    public required StackPorts Ports { get; init; }

    public required SidecarPlans Sidecars { get; init; }

    public required RunFolder Folder { get; init; }

    public required IdentityChoice Identity { get; init; }

    public required SidecarChoice Sidecar { get; init; }

    /// <summary>The realm file, adjusted to the ports of this run.</summary>
    public required string RealmFile { get; init; }

    /// <summary>Where the MCP server keeps its tickets and its audit trail.</summary>
    public required string TicketsDatabase { get; init; }

    /// <summary>Browsers and tokens know the provider under this URL; processes reach it there too.</summary>
    public string IdentityUrl => $"http://localhost:{Ports.Identity}";

    /// <summary>RFC 8707 resource of the MCP server: the audience of every token for it.</summary>
    public string McpResource => $"http://localhost:{Ports.Server}/mcp";

    /// <summary>The audit page behind the login of the server's sidecar.</summary>
    public string AuditLoginUrl => $"http://localhost:{Sidecars.Server.HttpPort}/v1.0/invoke/mcp-server/method/audit";
}
