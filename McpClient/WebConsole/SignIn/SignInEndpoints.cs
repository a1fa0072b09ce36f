using System.Security.Cryptography;
using System.Text;
using McpAspire.Client.Sidecar;
using McpAspire.Client.WebConsole.Pages;
using McpAspire.Client.WebConsole.Security;
using McpAspire.Client.WebConsole.Sessions;

namespace McpAspire.Client.WebConsole.SignIn;

/// <summary>Sign in, the provider's callback, sign out.</summary>
internal static class SignInEndpoints
{
    public const string SignInPath = "/signin";
    public const string CallbackPath = "/signin/callback";
    public const string SignOutPath = "/signout";
    public const string SignedOutPath = "/signed-out";

    public static void MapSignIn(this WebApplication app)
    {
        app.MapPost(SignInPath, SignInAsync).AddEndpointFilter<FormProtection>();
        app.MapGet(CallbackPath, CallbackAsync);
        app.MapPost(SignOutPath, SignOut).AddEndpointFilter<FormProtection>();
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, SidecarLogin login, SessionStore store, BrowserSession browser, PageRenderer pages)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var returnPath = LocalPath.OrHome(form["returnPath"]);
        try
        {
            var started = await login.StartAsync(context.RequestAborted);
            browser.Take(context);
            if (store.Begin(started.SidecarSession, new PendingSignIn(started.State, returnPath)) is not { } session)
            {
                return pages.SignInProblem(503, "Too many people are signing in", "Try again in a few minutes.", returnPath);
            }

            browser.Give(context, session);
            return SeeOther(started.SignInPage.AbsoluteUri);
        }
        catch (SignInException exception)
        {
            return pages.SignInProblem(502, "You cannot sign in", exception.Message, returnPath);
        }
        catch (Exception exception) when (CallFailure.Of(exception) is { } failure)
        {
            return pages.SignInProblem(503, "You cannot sign in right now", failure.Message, returnPath);
        }
    }

    private static async Task<IResult> CallbackAsync(
        HttpContext context, SidecarLogin login, SessionStore store, BrowserSession browser, PageRenderer pages, ConsoleOptions options)
    {
        const string heading = "The sign-in did not finish";
        if (browser.Of(context) is not { } session)
        {
            return pages.SignInProblem(400, heading, "It was not started in this browser, or it took too long. Sign in again.", "/");
        }

        if (session.Pending is not { } pending)
        {
            return pages.Problem(400, heading, "You are already signed in here; this answer of the identity provider is not needed.", "/", "To your tickets");
        }

        var query = context.Request.Query;
        if (!FixedTimeEquals(query["state"].ToString(), pending.State))
        {
            return pages.SignInProblem(
                400, heading, "The identity provider's answer belongs to another sign-in. Sign in again.", pending.ReturnPath);
        }

        if (query["iss"].ToString() is { Length: > 0 } issuer && issuer != options.Issuer)
        {
            browser.Take(context);
            return pages.SignInProblem(400, heading, "The answer comes from another identity provider than the one configured.", pending.ReturnPath);
        }

        if (query["error"].ToString() is { Length: > 0 } error)
        {
            browser.Take(context);
            return pages.SignInProblem(400, heading, ProviderError.Sentence(error, query["error_description"]), pending.ReturnPath);
        }

        try
        {
            var sidecarSession = await login.CompleteAsync(session.SidecarSession, context.Request.QueryString, context.RequestAborted);
            if (store.Complete(session, sidecarSession) is not { } signedIn)
            {
                return pages.SignInProblem(400, heading, "This sign-in was already used. Sign in again.", pending.ReturnPath);
            }

            browser.Give(context, signedIn);
            return SeeOther(pending.ReturnPath);
        }
        catch (SignInException exception)
        {
            browser.Take(context);
            return pages.SignInProblem(502, heading, exception.Message, pending.ReturnPath);
        }
    }

    private static IResult SignOut(HttpContext context, BrowserSession browser, ConsoleOptions options)
    {
        browser.Take(context);
        return SeeOther(ProviderSignOut.Address(options, context.Request) ?? SignedOutPath);
    }

    // 303: a POST must not be repeated at the next address.
    private static IResult SeeOther(string address) => new SeeOtherResult(address);

    private static bool FixedTimeEquals(string left, string right)
        => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
