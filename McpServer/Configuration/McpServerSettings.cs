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

    public HttpServerSessionMode ParsedSessionMode => Enum.Parse<HttpServerSessionMode>(SessionMode, ignoreCase: true);
}
