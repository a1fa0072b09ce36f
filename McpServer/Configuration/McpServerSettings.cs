using ModelContextProtocol.AspNetCore;

namespace McpAspire.McpServer.Configuration;

/// <summary>The section <c>McpServer</c>.</summary>
internal sealed record McpServerSettings
{
    public const string Section = "McpServer";

    /// <summary>One of <see cref="HttpServerSessionMode"/>; the default serves clients of both revisions of the protocol.</summary>
    public string SessionMode { get; init; } = nameof(HttpServerSessionMode.StatefulForInitializeClients);

    /// <summary>Where a browser is sent that opens the audit page without a token: the page's address at the sidecar.</summary>
    public string AuditLoginUrl { get; init; } = "";

    /// <summary>Origins of pages that may call the endpoint, for example the Inspector's.</summary>
    public string[] AllowedOrigins { get; init; } = [];

    /// <summary>Of one caller, to the MCP endpoint; 0: as many as it likes.</summary>
    public int RequestsPerMinute { get; init; } = 1_200;

    /// <summary>How long a row of the audit trail is kept; 0: for ever.</summary>
    public int AuditRetentionDays { get; init; } = 90;

    /// <summary>How many rows the audit trail may have, whatever their age; 0: any number.</summary>
    public long AuditMaxRows { get; init; } = 1_000_000;

    public HttpServerSessionMode ParsedSessionMode => Enum.Parse<HttpServerSessionMode>(SessionMode, ignoreCase: true);
}
