using McpAspire.McpAuthorization.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.AspNetCore.Authentication;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Protects endpoints that speak MCP.</summary>
public static class McpAuthorizationEndpointExtensions
{
    /// <summary>
    /// Demands a valid token at the endpoint and authorizes every tool call before the handler sees it. It is part of the
    /// endpoint, so it cannot stand in the wrong place of a pipeline.
    /// </summary>
    /// <param name="builder">The endpoint, for example the result of <c>MapMcp</c>.</param>
    /// <param name="configurePolicy">Demands more of every caller; a refusal by it is a plain 403.</param>
    public static TBuilder RequireMcpAuthorization<TBuilder>(this TBuilder builder, Action<AuthorizationPolicyBuilder>? configurePolicy = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var policy = new AuthorizationPolicyBuilder(McpAuthenticationDefaults.AuthenticationScheme).RequireAuthenticatedUser();
        configurePolicy?.Invoke(policy);
        builder.RequireAuthorization(policy.Build());
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } handler)
            {
                endpoint.RequestDelegate = context
                    => context.RequestServices.GetRequiredService<McpAuthorizationMiddleware>().InvokeAsync(context, handler);
            }
        });
        return builder;
    }
}
