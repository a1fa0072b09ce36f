using McpAspire.McpAuthorization;
using McpAspire.McpAuthorization.Auditing;
using McpAspire.McpAuthorization.Authentication;
using McpAspire.McpAuthorization.Http;
using McpAspire.McpAuthorization.Policies;
using McpAspire.McpAuthorization.Telemetry;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds authorization of tool calls.</summary>
public static class McpAuthorizationServiceCollectionExtensions
{
    /// <summary>
    /// Protects the tools of this MCP server: scope per tool, refused by default, challenges that clients can act on, and an
    /// account of every call. Pair it with <c>app.MapMcp(…).RequireMcpAuthorization()</c>.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddAuthentication().AddJwtBearer(…);
    /// builder.Services.AddMcpServer().WithHttpTransport().WithTools&lt;MyTools&gt;()
    ///     .AddMcpAuthorization(options =>
    ///     {
    ///         options.Resource = "https://mcp.example.com/mcp";
    ///         options.AuthorizationServers.Add("https://id.example.com/realms/mcp");
    ///         options.Scopes.Add("things:read").Add("things:write", "things:read");
    ///         options.ChallengeScopes.Add("things:read");
    ///     });
    /// app.MapMcp("/mcp").RequireMcpAuthorization();
    /// </code>
    /// </example>
    public static IMcpServerBuilder AddMcpAuthorization(this IMcpServerBuilder builder, Action<McpAuthorizationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMcpAuthorization(configure);
        builder.Services.TryAddSingleton<ServerInProcess>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<McpServerOptions>, ToolCallGate>());
        builder.Services.AddHostedService<ToolPolicyReport>();
        return builder;
    }

    /// <summary>
    /// The part that needs no MCP server in this process, for a gateway in front of somebody else's: only tools in
    /// <see cref="McpAuthorizationOptions.ToolPolicies"/> are let through.
    /// </summary>
    public static IServiceCollection AddMcpAuthorization(this IServiceCollection services, Action<McpAuthorizationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<McpAuthorizationOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<McpAuthorizationOptions>, McpAuthorizationOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<McpAuthenticationOptions>, ResourceMetadataSetup>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<McpAuthorizationMetrics>();
        services.TryAddSingleton<ToolCatalog>();
        services.TryAddSingleton<ToolCallAuthorizer>();
        services.TryAddSingleton<ToolCallAuditTrail>();
        services.TryAddSingleton<BearerChallenge>();
        services.TryAddSingleton<OriginPolicy>();
        services.TryAddSingleton<McpAuthorizationMiddleware>();
        services.AddMetrics();
        services.AddAuthorization();
        services.AddAuthentication()
            .AddScheme<McpAuthenticationOptions, McpChallengeHandler>(McpAuthenticationDefaults.AuthenticationScheme, McpAuthenticationDefaults.DisplayName, null);
        return services;
    }
}
