using System.Net;
using McpAspire.Client.Tests.Fakes;

namespace McpAspire.Client.Tests.WebConsole;

public class SignInTests
{
    [Fact]
    public async Task Open_WithoutSignIn_OffersSignInAndAsksNobody()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();

        var page = await browser.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.NotNull(page.FindOrNull("sign-in"));
        Assert.Null(page.FindOrNull("signed-in-user"));
        Assert.Empty(console.Sidecar.Seen);
    }

    [Fact]
    public async Task SignIn_AsAlice_ShowsHerTicketsOnly()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Sidecar.Tickets.Add("contoso", "VPN drops");
        console.Sidecar.Tickets.Add("fabrikam", "Badge reader");
        using var browser = console.OpenBrowser();

        var page = await browser.SignInAsync(Person.Alice);

        Assert.Equal("alice", page.Find("signed-in-user").TextContent);
        Assert.Equal("contoso", page.Find("tenant").TextContent);
        Assert.Equal(["VPN drops"], page.TicketTitles);
        Assert.NotNull(page.FindOrNull("sign-out"));
    }

    [Fact]
    public async Task SignIn_ReplaysTheCallbackOnTheMcpPathInTheSameSidecarSession()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);

        var replay = Assert.Single(console.Sidecar.Seen, request => request.Method == "GET");
        Assert.Equal("/mcp", replay.Path);
        Assert.Contains("code=code-of-alice", replay.Query);
        Assert.Contains("session_state=s1", replay.Query);
        Assert.NotNull(replay.Session);
        Assert.All(console.Sidecar.Seen.SkipWhile(request => request != replay), request => Assert.Equal(replay.Session, request.Session));
        Assert.All(console.Sidecar.Seen.TakeWhile(request => request != replay), request => Assert.Null(request.Session));
    }

    [Fact]
    public async Task SignIn_TwoBrowsersAtOnce_NeverMix()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Sidecar.Tickets.Add("contoso", "VPN drops");
        console.Sidecar.Tickets.Add("fabrikam", "Badge reader");
        using var first = console.OpenBrowser();
        using var second = console.OpenBrowser();
        var aliceAtProvider = await first.StartSignInAsync();
        var bobAtProvider = await second.StartSignInAsync();
        await second.ComeBackAsync(bobAtProvider, Person.Bob);
        await first.ComeBackAsync(aliceAtProvider, Person.Alice);

        var pages = await Task.WhenAll(Enumerable.Range(0, 10).Select(index => (index % 2 == 0 ? first : second).GetAsync("/")));

        Assert.All(pages.Where((_, index) => index % 2 == 0), page => Assert.Equal(("alice", "VPN drops"), (page.Find("signed-in-user").TextContent, page.TicketTitles.Single())));
        Assert.All(pages.Where((_, index) => index % 2 == 1), page => Assert.Equal(("bob", "Badge reader"), (page.Find("signed-in-user").TextContent, page.TicketTitles.Single())));
    }

    [Fact]
    public async Task SignIn_GivesANewConsoleSessionId()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var landing = await browser.GetAsync("/");
        var started = await browser.PressAsync(landing, "sign-in");
        var before = Cookie(started);

        var callback = await browser.GetAsync(Browser.Callback(new Uri(started.Location!), $"code={Person.Alice.Code}"));

        Assert.NotEqual(before, Cookie(callback));
        Assert.Null(console.Sessions.Find(before));
        Assert.True(console.Sessions.Find(Cookie(callback))!.IsSignedIn);
    }

    [Fact]
    public async Task SessionCookie_IsOwnNamedHttpOnlyAndLax_AndTheSidecarsCookieStaysOnTheServer()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();

        var started = await browser.PressAsync(await browser.GetAsync("/"), "sign-in");

        var cookie = Assert.Single(started.SetCookies, line => line.StartsWith("mcp-console-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(started.SetCookies, line => line.Contains("gosessionsid", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SignIn_FromAFilteredPage_ReturnsThere()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Sidecar.Tickets.Add("contoso", "Old export", status: "closed");
        console.Sidecar.Tickets.Add("contoso", "VPN drops");
        using var browser = console.OpenBrowser();

        var page = await browser.SignInAsync(Person.Alice, "/?status=closed");

        Assert.Equal(["Old export"], page.TicketTitles);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    public async Task SignIn_WithAForeignReturnPath_ReturnsHome(string returnPath)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await browser.GetAsync("/")).Find("sign-in").Closest("form")!;
        var fields = Browser.Fields(form).Where(field => field.Key != "returnPath").Append(new("returnPath", returnPath));
        var started = await browser.PostAsync("/signin", fields);

        var callback = await browser.GetAsync(Browser.Callback(new Uri(started.Location!), $"code={Person.Alice.Code}"));

        Assert.Equal("/", callback.Location);
    }

    private static string Cookie(Page page)
        => page.SetCookies.Last(line => line.StartsWith("mcp-console-session=", StringComparison.Ordinal)).Split(';')[0].Split('=', 2)[1];
}
