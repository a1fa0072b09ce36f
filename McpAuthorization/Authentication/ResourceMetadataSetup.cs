using McpAspire.McpAuthorization.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Authentication;

namespace McpAspire.McpAuthorization.Authentication;

/// <summary>
/// Publishes the resource as configured instead of as the Host header says, and only at the two places where
/// RFC 9728 looks for it.
/// </summary>
internal sealed class ResourceMetadataSetup(IOptions<McpAuthorizationOptions> authorization, BearerChallenge challenge)
    : IConfigureNamedOptions<McpAuthenticationOptions>
{
    public void Configure(McpAuthenticationOptions options) => Configure(McpAuthenticationDefaults.AuthenticationScheme, options);

    public void Configure(string? name, McpAuthenticationOptions options)
    {
        if (name != McpAuthenticationDefaults.AuthenticationScheme)
        {
            return;
        }

        var settings = authorization.Value;
        options.ForwardAuthenticate = settings.AuthenticationScheme;
        options.ResourceMetadata = new ProtectedResourceMetadata
        {
            Resource = settings.Resource,
            ResourceName = settings.ResourceName,
            AuthorizationServers = [.. settings.AuthorizationServers],
            ScopesSupported = [.. settings.Scopes.Declared],
        };
        options.Events.OnResourceMetadataRequest = Publish;
    }

    private Task Publish(ResourceMetadataRequestContext context)
    {
        var request = context.Request;
        var path = request.Path.Value;
        if (!HttpMethods.IsGet(request.Method) || (path != BearerChallenge.MetadataPath && path != BearerChallenge.MetadataPath + challenge.ResourcePath))
        {
            context.SkipHandler();
            return Task.CompletedTask;
        }

        // Clients in a page read it before they have anything to authenticate with.
        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.Headers.CacheControl = "public, max-age=300";
        return Task.CompletedTask;
    }
}
