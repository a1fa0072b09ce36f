using System.Text.Encodings.Web;
using McpAspire.McpAuthorization.Http;
using McpAspire.McpAuthorization.Telemetry;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ModelContextProtocol.AspNetCore.Authentication;

namespace McpAspire.McpAuthorization.Authentication;

/// <summary>The SDK's handler with a complete 401: the minimal scope, and whether a token was the problem.</summary>
internal sealed class McpChallengeHandler(
    IOptionsMonitor<McpAuthenticationOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    BearerChallenge challenge,
    McpAuthorizationMetrics metrics) : McpAuthenticationHandler(options, logger, encoder)
{
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var tokenPresented = Request.Headers.Authorization.Count > 0;
        metrics.Challenged(tokenPresented);
        Response.Headers.Append(HeaderNames.WWWAuthenticate, challenge.Unauthorized(tokenPresented));
        await JsonRpcErrorResponse.WriteAsync(
            Context,
            StatusCodes.Status401Unauthorized,
            -32001,
            tokenPresented ? "The access token is expired or not valid for this server." : "An access token is needed.",
            null);
    }
}
