namespace McpAspire.Client.WebConsole.Sessions;

/// <summary>The console's own cookie. Ports do not separate cookies, so its name is nobody else's.</summary>
internal sealed class BrowserSession(SessionStore store)
{
    public const string CookieName = "mcp-console-session";

    public ConsoleSession? Of(HttpContext context) => store.Find(context.Request.Cookies[CookieName]);

    public void Give(HttpContext context, ConsoleSession session)
        => context.Response.Cookies.Append(CookieName, session.Id, Attributes(context));

    public void Take(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is { } id)
        {
            store.Forget(id);
            context.Response.Cookies.Delete(CookieName, Attributes(context));
        }
    }

    // Lax: the provider sends the browser back by a link, and the cookie must come along.
    private static CookieOptions Attributes(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = "/",
        IsEssential = true,
    };
}
