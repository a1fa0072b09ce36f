using System.Net;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Middleware.Tokens;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Middleware.ClientCredentials;

/// <summary>
/// <c>middleware.http.oauth2clientcredentials</c>: puts the app's own token on a request. Where daprd answers an
/// empty 200 when it has no token, this answers 502; where daprd adds a second header, this sets the only one.
/// </summary>
internal sealed partial class ClientCredentialsHandler(string headerName, PathFilter filter, ServiceTokenSource tokens, ILogger logger) : IPipelineHandler
{
    public static ClientCredentialsHandler Create(ComponentSettings settings, HttpMessageInvoker http, TimeProvider time, ILoggerFactory loggers, ICollection<string> warnings)
    {
        var client = new TokenClient(
            http,
            settings.RequiredUrl("tokenURL"),
            settings.Required("clientID"),
            settings.Required("clientSecret"),
            Style(settings),
            time);
        settings.Required("scopes");
        foreach (var unknown in settings.Unknown("clientID", "clientSecret", "scopes", "tokenURL", "headerName", "endpointParamsQuery", "authStyle", "pathFilter"))
        {
            warnings.Add(unknown);
        }

        return new ClientCredentialsHandler(
            settings.RequiredHeaderName("headerName"),
            settings.PathFilter(),
            new ServiceTokenSource(client, Parameters(settings), time),
            loggers.CreateLogger("dapr.contrib"));
    }

    public async Task InvokeAsync(SidecarRequest request, SidecarDelegate next)
    {
        switch (filter.Judge(request.FilterPath))
        {
            case FilterVerdict.Passes:
                await next(request);
                return;
            case FilterVerdict.Ambiguous:
                await DaprErrors.AmbiguousPathAsync(request.Http);
                return;
            default:
                break;
        }

        // An unattended app is no browser: a web page must not act with its rights.
        if (request.Http.Request.Headers.Origin.Count > 0)
        {
            await DaprErrors.WriteAsync(request.Http, StatusCodes.Status403Forbidden, "ERR_OAUTH2_ORIGIN", "a request with an Origin comes from a browser; this sidecar lends its app's token to none");
            return;
        }

        CachedToken token;
        try
        {
            token = await tokens.GetAsync(request.Http.RequestAborted);
        }
        catch (TokenRequestException exception)
        {
            Log.NoToken(logger, exception.Message);
            await DaprErrors.WriteAsync(request.Http, StatusCodes.Status502BadGateway, "ERR_OAUTH2_TOKEN", $"no token for this call: {exception.Message}");
            return;
        }

        HopByHopHeaders.SetEndToEnd(request.Http.Request.Headers, headerName, token.HeaderValue);
        request.RenewWith(async (message, lastStatus, cancellationToken) => token = await RenewAsync(token, message, lastStatus, cancellationToken));
        await next(request);
    }

    /// <summary>A try that is sent again without a new token is as good as the first one: what it is answered is the caller's.</summary>
    private async ValueTask<CachedToken> RenewAsync(CachedToken token, HttpRequestMessage message, HttpStatusCode? lastStatus, CancellationToken cancellationToken)
    {
        try
        {
            var current = lastStatus == HttpStatusCode.Unauthorized ? await tokens.GetOtherAsync(token, cancellationToken) : await tokens.GetAsync(cancellationToken);
            SentToken.Replace(message, headerName, token.HeaderValue, current.HeaderValue);
            return current;
        }
        catch (TokenRequestException exception)
        {
            Log.NoToken(logger, exception.Message);
            return token;
        }
    }

    private static ClientAuthentication Style(ComponentSettings settings) => settings.Text("authStyle") switch
    {
        null or "0" => ClientAuthentication.Detect,
        "1" => ClientAuthentication.Body,
        "2" => ClientAuthentication.Basic,
        var style => throw settings.Wrong("authStyle", $"'authStyle' of the component '{settings.Component.Name}' is '{style}'; allowed are 0 (Basic, then body), 1 (body) and 2 (Basic)."),
    };

    private static Dictionary<string, string> Parameters(ComponentSettings settings)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (settings.Text("endpointParamsQuery") is { } query)
        {
            foreach (var (name, values) in QueryHelpers.ParseQuery(query))
            {
                parameters[name] = values.ToString();
            }
        }

        parameters["grant_type"] = "client_credentials";
        parameters["scope"] = string.Join(' ', settings.List("scopes"));
        return parameters;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Error acquiring token: {Reason}")]
        public static partial void NoToken(ILogger logger, string reason);
    }
}
