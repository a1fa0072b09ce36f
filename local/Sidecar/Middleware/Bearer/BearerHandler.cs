using System.Globalization;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Middleware.Bearer;

/// <summary>
/// <c>middleware.http.bearer</c>: no call passes without a valid token of the issuer for the audience. While the
/// provider's keys are not there the answer is 503 and the sidecar is not ready, where daprd does not start.
/// </summary>
internal sealed class BearerHandler(TokenValidator validator, ProviderKeys keys) : IPipelineHandler, IWarmUp
{
    private static readonly TimeSpan _defaultSkew = TimeSpan.FromMinutes(5);

    public bool IsReady => keys.IsReady;

    public Task RunAsync(CancellationToken cancellationToken) => keys.RunAsync(cancellationToken);

    public static BearerHandler Create(ComponentSettings settings, HttpMessageInvoker http, TimeProvider time, ILoggerFactory loggers, ICollection<string> warnings)
    {
        var issuer = settings.Required("issuer", "issuerURL");
        var audience = settings.Required("audience", "clientID");
        var jwksUrl = settings.Text("jwksURL") is null ? null : settings.RequiredUrl("jwksURL").AbsoluteUri;
        if (jwksUrl is null && (!Uri.TryCreate(issuer, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")))
        {
            throw settings.Wrong("issuer", $"'issuer' of the component '{settings.Component.Name}' is '{issuer}'; without a 'jwksURL' it must be an absolute http or https URL.");
        }

        foreach (var unknown in settings.Unknown("issuer", "issuerURL", "audience", "clientID", "jwksURL", "clockSkew"))
        {
            warnings.Add(unknown);
        }

        var keys = new ProviderKeys(http, issuer, jwksUrl, time, loggers.CreateLogger("dapr.contrib"));
        return new BearerHandler(new TokenValidator(keys, issuer, audience, Skew(settings), time), keys);
    }

    public async Task InvokeAsync(SidecarRequest request, SidecarDelegate next)
    {
        var http = request.Http;
        switch (await JudgeAsync(http))
        {
            case TokenVerdict.Valid:
                // The app must see the token that was checked, and no other one behind it.
                http.Request.Headers.Authorization = http.Request.Headers.Authorization[0];
                await next(request);
                break;
            case null:
                await RefuseAsync(http, "Bearer");
                break;
            case TokenVerdict.Invalid:
                await RefuseAsync(http, "Bearer error=\"invalid_token\"");
                break;
            default:
                http.Response.Headers.RetryAfter = "2";
                await DaprErrors.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "ERR_BEARER_NOT_READY", "the identity provider's keys are not available yet");
                break;
        }
    }

    /// <summary>Of the first Authorization line; that one is what the app sees first as well. Null: it holds no token.</summary>
    private async ValueTask<TokenVerdict?> JudgeAsync(HttpContext http)
    {
        var values = http.Request.Headers.Authorization;
        if (values.Count == 0 || values[0] is not { } header || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (validator.Recall(header) is { } known)
        {
            return known;
        }

        var token = header.AsSpan("Bearer ".Length).Trim().ToString();
        return token.Length == 0 ? null : await validator.ValidateAsync(token, http.RequestAborted, header);
    }

    private static Task RefuseAsync(HttpContext http, string challenge)
    {
        http.Response.Headers.WWWAuthenticate = challenge;
        return PlainText.WriteAsync(http, StatusCodes.Status401Unauthorized, "Unauthorized");
    }

    /// <summary>Ours: <c>clockSkew</c> in seconds; daprd's five minutes otherwise.</summary>
    private static TimeSpan Skew(ComponentSettings settings)
    {
        if (settings.Text("clockSkew") is not { } text)
        {
            return _defaultSkew;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 300
            ? TimeSpan.FromSeconds(seconds)
            : throw settings.Wrong("clockSkew", $"'clockSkew' of the component '{settings.Component.Name}' is '{text}'; allowed is a number of seconds from 0 to 300.");
    }
}
