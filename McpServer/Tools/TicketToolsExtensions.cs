using McpAspire.McpAuthorization;
using McpAspire.McpAuthorization.Auditing;
using McpAspire.McpServer.Audit;
using McpAspire.McpServer.Configuration;
using McpAspire.McpServer.Tenancy;
using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore;

namespace McpAspire.McpServer.Tools;

/// <summary>The MCP server: its tools, what stands before them, and who may call them.</summary>
internal static class TicketToolsExtensions
{
    public static WebApplicationBuilder AddTicketTools(this WebApplicationBuilder builder)
    {
        builder.Services.AddMcpServer(options =>
            {
                options.ServerInfo = new() { Name = "mcp-server", Title = "Support tickets", Version = "1.0.0" };
                options.ServerInstructions = "Support tickets of the caller's tenant. Start with whoami, then list_tickets.";
            })
            .WithHttpTransport()
            .WithTools<WhoAmITool>()
            .WithTools<ReadTicketTools>()
            .WithTools<WriteTicketTools>()
            .WithTools<AdministerTicketTools>()
            .WithRequestFilters(filters => filters
                .AddCallToolFilter(CallerBinding.BindCaller)
                .AddCallToolFilter(ToolError.AnswerErrors)
                .AddCallToolFilter(ArgumentValidation.ValidateArguments))
            .AddMcpAuthorization(DeclareScopes);

        builder.Services.AddOptions<HttpServerTransportOptions>()
            .Configure<IOptions<McpServerSettings>>((transport, settings) => transport.SessionMode = settings.Value.ParsedSessionMode);
        builder.Services.AddOptions<McpAuthorizationOptions>()
            .Configure<IOptions<KeycloakSettings>, IOptions<McpServerSettings>>(Connect);
        builder.Services.AddSingleton<IToolCallAuditor, AuditTrail>();
        return builder;
    }

    private static void DeclareScopes(McpAuthorizationOptions options)
    {
        options.ResourceName = "Support tickets";
        options.Scopes
            .Add(TicketScopes.Read)
            .Add(TicketScopes.Write, TicketScopes.Read)
            .Add(TicketScopes.Admin, TicketScopes.Write);
        options.ChallengeScopes.Add(TicketScopes.Read);
        options.RequiredClaims.Add(Caller.TenantClaim);
    }

    private static void Connect(McpAuthorizationOptions options, IOptions<KeycloakSettings> keycloak, IOptions<McpServerSettings> server)
    {
        options.Resource = keycloak.Value.Resource;
        options.AuthorizationServers.Add(keycloak.Value.Issuer);
        options.AllowedOrigins.UnionWith(server.Value.AllowedOrigins);
    }
}
