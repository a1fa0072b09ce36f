using McpAspire.Client.Sidecar;
using McpAspire.Client.Tickets;
using McpAspire.Client.WebConsole.Sessions;
using McpAspire.Client.WebConsole.SignIn;

namespace McpAspire.Client.WebConsole.Pages;

/// <summary>The page itself: the tickets of whoever is signed in, called as that person.</summary>
internal static class TicketEndpoints
{
    private const int PageSize = 50;
    private const int LastPage = 1000;

    // A token cannot run out so soon: signing in again would not help.
    private static readonly TimeSpan FreshSignIn = TimeSpan.FromSeconds(30);

    public static void MapTickets(this WebApplication app)
    {
        app.MapGet("/", ShowAsync);
        app.MapGet(SignInEndpoints.SignedOutPath, (PageRenderer pages) => pages.SignedOut("/", "You are signed out."));
        app.MapFallback((PageRenderer pages) => pages.Problem(404, "There is no such page", "The console has one page: your tickets.", "/", "To your tickets"));
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, string? status, int? page, BrowserSession browser, McpConnector connector, PageRenderer pages, ConsoleOptions options, TimeProvider time)
    {
        var filter = StatusFilter.Of(status);
        var number = Math.Clamp(page ?? 1, 1, LastPage);
        if (browser.Of(context) is not { IsSignedIn: true } session)
        {
            return pages.SignedOut(filter.Path);
        }

        using var limit = new CancellationTokenSource(options.CallTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, limit.Token);
        try
        {
            await using var server = await connector.ConnectAsync(session.SidecarSession, linked.Token);
            var tools = new TicketTools(server);
            var tickets = ListAsync(tools, filter, number, linked.Token);
            var identity = tools.WhoAmIAsync(linked.Token);
            await Task.WhenAll(identity, tickets);
            var (list, refusal) = await tickets;
            return pages.Tickets(new TicketListModel
            {
                Identity = await identity,
                Page = list,
                Problem = refusal is null ? null : Sentence(refusal, await identity),
                Number = number,
                Filter = filter,
                Now = time.GetUtcNow(),
            });
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return pages.Problem(504, "The server takes too long", $"It did not answer within {options.CallTimeout.TotalSeconds:0.#} seconds. Try again.", filter.Path);
        }
        catch (Exception exception) when (CallFailure.Of(exception) is { } failure)
        {
            return Explain(failure, session, filter, context, browser, pages, time);
        }
        catch (ToolFailedException failure)
        {
            return pages.Problem(502, "The server could not do it", failure.Message, filter.Path);
        }
    }

    /// <summary>Too little permission for the tickets still leaves a page that says who is signed in.</summary>
    private static async Task<(TicketPage? Page, Exception? Refusal)> ListAsync(
        TicketTools tools, StatusFilter filter, int number, CancellationToken cancellationToken)
    {
        try
        {
            return (await tools.ListAsync(filter.Status, number, PageSize, cancellationToken), null);
        }
        catch (Exception exception) when (exception is ToolFailedException || exception.Find<InsufficientScopeException>() is not null)
        {
            return (null, exception);
        }
    }

    private static string Sentence(Exception refusal, Identity identity)
        => refusal.Find<InsufficientScopeException>() is not { } missing
            ? refusal.Message
            : missing.MissingFrom(identity.Scopes) is { } scope
                ? $"Your sign-in does not cover the tickets: the permission '{scope}' is missing. "
                    + "Add it to the scopes of the sidecar's oauth2 component and sign in again, or use an MCP client that asks for it itself."
                : missing.Message;

    private static IResult Explain(
        SidecarException failure, ConsoleSession session, StatusFilter filter, HttpContext context, BrowserSession browser, PageRenderer pages, TimeProvider time)
    {
        switch (failure.Failure)
        {
            case SidecarFailure.SignInNeeded:
                browser.Take(context);
                return pages.SignedOut(filter.Path, "Your session has ended. Sign in again to go on.");
            case SidecarFailure.Refused when time.GetUtcNow() - session.StartedAt < FreshSignIn:
                browser.Take(context);
                return pages.SignInProblem(
                    502,
                    "The server does not accept your sign-in",
                    "You signed in, but the server refuses the token that the sidecar got for you. Its issuer and audience must be those of the server, and the clocks must agree.",
                    filter.Path);
            case SidecarFailure.Refused:
                // The sidecar neither refreshes nor forgets an expired token: only a new session helps.
                browser.Take(context);
                return pages.SignedOut(filter.Path, "Your sign-in has expired. Sign in again to go on.");
            case SidecarFailure.InsufficientScope:
                return pages.Problem(403, "You may not see this", failure.Message, filter.Path);
            default:
                return pages.Problem(
                    503, "The tickets cannot be reached", $"{failure.Message} Try again in a moment; if it stays so, tell whoever runs this console.", filter.Path);
        }
    }
}
