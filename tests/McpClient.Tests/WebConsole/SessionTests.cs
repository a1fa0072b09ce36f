using System.Net;
using McpAspire.Client.Tests.Fakes;
using McpAspire.Client.WebConsole;
using McpAspire.Client.WebConsole.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Client.Tests.WebConsole;

public class SessionTests
{
    [Fact]
    public async Task SignOut_ForgetsTheSessionAndEndsItAtTheProvider()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var page = await browser.SignInAsync(Person.Alice);

        var redirect = await browser.PressAsync(page, "sign-out");

        Assert.Equal(HttpStatusCode.SeeOther, redirect.Status);
        var end = new Uri(redirect.Location!);
        Assert.Equal("http://localhost:8080/realms/mcp/protocol/openid-connect/logout", end.GetLeftPart(UriPartial.Path));
        var query = QueryHelpers.ParseQuery(end.Query);
        Assert.Equal("mcp-console", query["client_id"]);
        Assert.Equal(new Uri(console.Address, "/signed-out").AbsoluteUri, query["post_logout_redirect_uri"]);
        Assert.Equal(0, console.Sessions.Count);
        Assert.NotNull((await browser.GetAsync("/")).FindOrNull("sign-in"));
        Assert.Contains("You are signed out", (await browser.GetAsync("/signed-out")).Text);
    }

    [Fact]
    public async Task SignIn_AfterSignOut_UsesANewSidecarSession()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        await browser.PressAsync(await browser.SignInAsync(Person.Alice), "sign-out");
        var before = console.Sidecar.Seen.Last().Session;
        console.Sidecar.Seen.Clear();

        var page = await browser.SignInAsync(Person.Bob);

        Assert.Equal("bob", page.Find("signed-in-user").TextContent);
        Assert.DoesNotContain(console.Sidecar.Seen, request => request.Session == before);
    }

    [Fact]
    public async Task Open_WhenTheTokenHasExpired_AsksToSignInAgainAndThenWorks()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var console = await ConsoleHost.StartAsync(time);
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);
        console.Sidecar.ExpireTokenOf("alice");
        time.Advance(TimeSpan.FromMinutes(10));

        var page = await browser.GetAsync("/?status=closed");

        Assert.Contains("expired", page.Find("notice").TextContent);
        var atProvider = new Uri((await browser.PressAsync(page, "sign-in")).Location!);
        Assert.Equal("alice", (await browser.ComeBackAsync(atProvider, Person.Alice)).Find("signed-in-user").TextContent);
    }

    [Fact]
    public async Task Open_WhenAFreshTokenIsRefused_DoesNotSendThePersonInCircles()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);
        console.Sidecar.ExpireTokenOf("alice");

        var page = await browser.GetAsync("/");

        Assert.Equal(HttpStatusCode.BadGateway, page.Status);
        Assert.Contains("issuer and audience", page.Find("error").TextContent);
    }

    [Fact]
    public async Task Open_AfterTheConsolesLifetime_AsksToSignInAgain()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var console = await ConsoleHost.StartAsync(time, ("McpClient:Console:SessionLifetime", "1h"));
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);
        var calls = console.Sidecar.Seen.Count;
        time.Advance(TimeSpan.FromHours(1));

        var page = await browser.GetAsync("/");

        Assert.NotNull(page.FindOrNull("sign-in"));
        Assert.Equal(calls, console.Sidecar.Seen.Count);
    }

    [Fact]
    public async Task Open_WhenTheSidecarForgotTheLogin_AsksToSignInAgain()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);
        console.Sidecar.ForgetLogins();

        var page = await browser.GetAsync("/");

        Assert.Contains("session has ended", page.Find("notice").TextContent);
        Assert.Null(page.FindOrNull("signed-in-user"));
    }

    [Fact]
    public void Find_AfterTheLifetime_GivesNothingAndForgets()
    {
        var time = new FakeTimeProvider();
        var store = new SessionStore(new ConsoleOptions { SessionLifetime = TimeSpan.FromHours(2) }, time);
        var pending = store.Begin("sidecar-session", new PendingSignIn("state", "/"))!;
        var session = store.Complete(pending, "sidecar-session")!;
        time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        Assert.Same(session, store.Find(session.Id));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(store.Find(session.Id));
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public async Task Pruning_DropsSignInsThatNobodyFinished()
    {
        var time = new FakeTimeProvider();
        var store = new SessionStore(new ConsoleOptions { SignInLifetime = TimeSpan.FromMinutes(10) }, time);
        store.Begin("sidecar-session", new PendingSignIn("state", "/"));
        using var pruning = new SessionPruning(store, time);
        await pruning.StartAsync(TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(1, store.Count);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, store.Count);
        await pruning.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Begin_WhenTheStoreIsFull_GivesNothing()
    {
        var store = new SessionStore(new ConsoleOptions(), new FakeTimeProvider());
        for (var index = 0; index < SessionStore.MaxSessions; index++)
        {
            Assert.NotNull(store.Begin("sidecar-session", new PendingSignIn("state", "/")));
        }

        Assert.Null(store.Begin("sidecar-session", new PendingSignIn("state", "/")));
    }

    [Fact]
    public void Session_AsText_HoldsNoCredential()
    {
        var session = new ConsoleSession { Id = "the-id", SidecarSession = "the-value", StartedAt = default, ExpiresAt = default };

        Assert.DoesNotContain("the-", $"{session}");
    }

    [Fact]
    public void CookieOptions_OnHttps_AreSecure()
    {
        var context = new DefaultHttpContext { Request = { Scheme = "https" } };
        var store = new SessionStore(new ConsoleOptions(), TimeProvider.System);

        new BrowserSession(store).Give(context, store.Begin("sidecar-session", new PendingSignIn("state", "/"))!);

        Assert.Contains("secure", context.Response.Headers.SetCookie.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
