using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Middleware.Tokens;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>
/// <c>middleware.http.oauth2</c>: signs people in with the authorization code flow and puts their token on the request.
/// Without a session every call is sent to the provider. A session whose token has expired and cannot be renewed sends
/// a page to the login again, and answers any other call 401: a program cannot follow a login.
/// </summary>
internal sealed partial class OAuth2Handler(OAuth2Settings settings, UserTokenSource tokens, SessionStores sessions, TimeProvider time, ILogger logger) : IPipelineHandler
{
    private static readonly TimeSpan _loginTime = TimeSpan.FromMinutes(30);

    public static OAuth2Handler Create(ComponentSettings metadata, HttpMessageInvoker http, SessionStores sessions, TimeProvider time, ILoggerFactory loggers, ICollection<string> warnings)
    {
        var settings = OAuth2Settings.Read(metadata, warnings);
        var client = new TokenClient(http, settings.TokenUrl, settings.ClientId, settings.ClientSecret, settings.ClientSecret.Length == 0 ? ClientAuthentication.Body : ClientAuthentication.Detect, time);
        return new OAuth2Handler(settings, new UserTokenSource(client, settings.RedirectUrl, time), sessions, time, loggers.CreateLogger("dapr.contrib"));
    }

    public async Task InvokeAsync(SidecarRequest request, SidecarDelegate next)
    {
        var http = request.Http;
        var (id, session) = FindSession(http.Request.Headers.Cookie);
        SessionCookie.Strip(http.Request.Headers);
        switch (settings.Filter.Judge(request.FilterPath))
        {
            case FilterVerdict.Passes:
                await next(request);
                return;
            case FilterVerdict.Ambiguous:
                await DaprErrors.AmbiguousPathAsync(http);
                return;
            default:
                break;
        }

        if (TryReadCallback(request, out var state, out var code))
        {
            var login = session?.For(settings.LoginId);
            if (login?.Take(state, time.GetUtcNow()) is { } pending)
            {
                await CompleteAsync(request, id, session!, pending, code);
                return;
            }

            if (login?.Token is null)
            {
                await RefuseCallbackAsync(http, session);
                return;
            }
        }

        if (session?.For(settings.LoginId) is { Token: { } token } signedIn)
        {
            if (ForeignPage.Sends(http.Request))
            {
                await DaprErrors.WriteAsync(http, StatusCodes.Status403Forbidden, "ERR_OAUTH2_ORIGIN", "a page of another origin must not act for the person who is signed in");
                return;
            }

            await ForwardAsync(request, id, session, signedIn, token, next);
            return;
        }

        await BeginAsync(request, session, Join(settings.Scopes));
    }

    private async Task ForwardAsync(SidecarRequest request, string id, LoginSession session, LoginState login, UserToken token, SidecarDelegate next)
    {
        UserToken? current;
        try
        {
            current = await tokens.CurrentAsync(login, token, request.Http.RequestAborted);
        }
        catch (TokenRequestException exception)
        {
            Log.NoToken(logger, exception.Message);
            await NoTokenAsync(request.Http, exception);
            return;
        }

        if (current is null)
        {
            await AskAgainAsync(request, id, session);
            return;
        }

        HopByHopHeaders.SetEndToEnd(request.Http.Request.Headers, settings.HeaderName, current.HeaderValue);
        var sent = current;
        request.RenewWith(async (message, _, cancellationToken) => sent = await RenewAsync(login, sent, message, cancellationToken));
        if (settings.ScopeUpgrade)
        {
            var inner = request.Interceptor;
            request.Interceptor = async (forwarded, response) =>
                (inner is not null && await inner(forwarded, response)) || await UpgradeAsync(forwarded, id, session, login, current, response);
        }

        await next(request);
    }

    private async ValueTask<UserToken> RenewAsync(LoginState login, UserToken sent, HttpRequestMessage message, CancellationToken cancellationToken)
    {
        try
        {
            if (await tokens.CurrentAsync(login, login.Token ?? sent, cancellationToken) is not { } current)
            {
                return sent;
            }

            SentToken.Replace(message, settings.HeaderName, sent.HeaderValue, current.HeaderValue);
            return current;
        }
        catch (TokenRequestException exception)
        {
            Log.NoToken(logger, exception.Message);
            return sent;
        }
    }

    private async Task CompleteAsync(SidecarRequest request, string id, LoginSession session, PendingLogin pending, string? code)
    {
        if (string.IsNullOrEmpty(code))
        {
            await PlainText.WriteAsync(request.Http, StatusCodes.Status400BadRequest, "code not found");
            return;
        }

        UserToken token;
        try
        {
            token = await tokens.RedeemAsync(code, pending, request.Http.RequestAborted);
        }
        catch (TokenRequestException exception)
        {
            Log.NoExchange(logger, exception.Message);
            await NoTokenAsync(request.Http, exception);
            return;
        }

        SessionCookie.Set(request.Http, sessions.SignIn(id, session, settings.LoginId, token), session.ExpiresAt, IsSecure(request.Http));
        Redirect(request.Http, pending.ReturnUrl);
    }

    private Task BeginAsync(SidecarRequest request, LoginSession? session, string scope)
    {
        if (session is null)
        {
            (var id, session) = sessions.Begin();
            SessionCookie.Set(request.Http, id, session.ExpiresAt, IsSecure(request.Http));
        }

        var login = new PendingLogin(AuthorizationRequest.NewSecret(), AuthorizationRequest.NewSecret(), ReturnUrl.Of(request), scope, time.GetUtcNow() + _loginTime);
        sessions.BeginLogin(session, settings.LoginId, login);
        Redirect(request.Http, AuthorizationRequest.Url(settings, login));
        return Task.CompletedTask;
    }

    private Task AskAgainAsync(SidecarRequest request, string id, LoginSession session)
    {
        if (IsPage(request.Http.Request))
        {
            return BeginAsync(request, session, Join(settings.Scopes));
        }

        sessions.End(id);
        request.Http.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return PlainText.WriteAsync(request.Http, StatusCodes.Status401Unauthorized, "Unauthorized");
    }

    /// <summary>
    /// Once for each set of scopes: a provider that does not grant them must not start a loop. Not for a session that another
    /// login has followed while the app was at work: the browser has the new one, which may have the scopes.
    /// </summary>
    private async ValueTask<bool> UpgradeAsync(SidecarRequest request, string id, LoginSession session, LoginState login, UserToken token, HttpResponseMessage response)
    {
        var asked = ScopeChallenge.Of(response);
        if (asked.Count == 0 || sessions.Find(id) != session)
        {
            return false;
        }

        var union = Join(settings.Scopes.Concat(token.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Concat(asked).Select(scope => scope.Trim()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        if (!login.MayAskFor(union))
        {
            return false;
        }

        await BeginAsync(request, session, union);
        return true;
    }

    private (string Id, LoginSession? Session) FindSession(StringValues cookies)
    {
        foreach (var id in SessionCookie.Values(cookies))
        {
            if (sessions.Find(id) is { } session)
            {
                return (id, session);
            }
        }

        return (string.Empty, null);
    }

    private static bool TryReadCallback(SidecarRequest request, out string state, out string? code)
    {
        state = string.Empty;
        code = null;
        if (!HttpMethods.IsGet(request.Http.Request.Method) || !request.Query.Contains("state=", StringComparison.Ordinal))
        {
            return false;
        }

        var query = QueryHelpers.ParseQuery(request.Query);
        state = query.TryGetValue("state", out var states) ? states[0] ?? string.Empty : string.Empty;
        code = query.TryGetValue("code", out var codes) ? codes[0] : null;
        return state.Length > 0;
    }

    private static Task RefuseCallbackAsync(HttpContext http, LoginSession? session)
        => session is null
            ? PlainText.WriteAsync(http, StatusCodes.Status400BadRequest, "no login is under way in this browser")
            : PlainText.WriteAsync(http, StatusCodes.Status400BadRequest, "invalid state");

    private static Task NoTokenAsync(HttpContext http, TokenRequestException exception)
        => DaprErrors.WriteAsync(http, StatusCodes.Status502BadGateway, "ERR_OAUTH2_TOKEN", $"no token for this call: {exception.Message}");

    private static void Redirect(HttpContext http, string location)
    {
        http.Response.StatusCode = StatusCodes.Status302Found;
        http.Response.Headers.Location = location;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = 0;
    }

    private static bool IsPage(HttpRequest request)
        => (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
           && (request.Headers["Sec-Fetch-Mode"] == "navigate" || request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true));

    private bool IsSecure(HttpContext http) => settings.ForceHttps || http.Request.IsHttps;

    private static string Join(IEnumerable<string> scopes) => string.Join(' ', scopes);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Failed to exchange token: {Reason}")]
        public static partial void NoExchange(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "Failed to renew a token: {Reason}")]
        public static partial void NoToken(ILogger logger, string reason);
    }
}
