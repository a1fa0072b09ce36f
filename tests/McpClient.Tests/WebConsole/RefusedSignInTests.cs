using System.Net;
using McpAspire.Client.Tests.Fakes;

namespace McpAspire.Client.Tests.WebConsole;

public class RefusedSignInTests
{
    [Fact]
    public async Task Callback_OfAnotherBrowser_IsRefusedAndSignsNobodyIn()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var alice = console.OpenBrowser();
        using var mallory = console.OpenBrowser();
        var atProvider = await alice.StartSignInAsync();
        await mallory.StartSignInAsync();

        var page = await mallory.GetAsync(Browser.Callback(atProvider, $"code={Person.Alice.Code}"));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("another sign-in", page.Find("error").TextContent);
        Assert.NotNull((await mallory.GetAsync("/")).FindOrNull("sign-in"));
        Assert.DoesNotContain(console.Sidecar.Seen, request => request.Method == "GET");
    }

    [Fact]
    public async Task Callback_InABrowserThatStartedNothing_IsRefused()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var alice = console.OpenBrowser();
        using var stranger = console.OpenBrowser();
        var atProvider = await alice.StartSignInAsync();

        var page = await stranger.GetAsync(Browser.Callback(atProvider, $"code={Person.Alice.Code}"));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("not started in this browser", page.Find("error").TextContent);
    }

    [Fact]
    public async Task Callback_Twice_IsRefusedAndLeavesThePersonSignedIn()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var atProvider = await browser.StartSignInAsync();
        await browser.ComeBackAsync(atProvider, Person.Alice);

        var again = await browser.GetAsync(Browser.Callback(atProvider, $"code={Person.Alice.Code}"));

        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.Equal("alice", (await browser.GetAsync("/")).Find("signed-in-user").TextContent);
    }

    [Fact]
    public async Task Callback_WithTheStateOfAnEarlierTab_IsRefused()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var firstTab = await browser.StartSignInAsync();
        var secondTab = await browser.StartSignInAsync();

        var page = await browser.GetAsync(Browser.Callback(firstTab, $"code={Person.Alice.Code}"));

        Assert.Contains("another sign-in", page.Find("error").TextContent);
        Assert.Equal("alice", (await browser.ComeBackAsync(secondTab, Person.Alice)).Find("signed-in-user").TextContent);
    }

    [Theory]
    [InlineData("error=access_denied", "did not agree")]
    [InlineData("error=invalid_scope", "does not grant the permissions")]
    [InlineData("error=temporarily_unavailable", "problem of its own")]
    [InlineData("error=x&error_description=%3Cscript%3Ealert(1)%3C/script%3E", "The identity provider refused: <script>alert(1)</script> (x)")]
    public async Task Callback_WithAnErrorOfTheProvider_SaysIt(string answer, string sentence)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var atProvider = await browser.StartSignInAsync();

        var page = await browser.GetAsync(Browser.Callback(atProvider, answer));

        Assert.Contains(sentence, page.Find("error").TextContent);
        Assert.Empty(page.Document.QuerySelectorAll("script"));
        Assert.NotNull(page.FindOrNull("sign-in"));
    }

    [Fact]
    public async Task Callback_WithoutCode_SaysSo()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var atProvider = await browser.StartSignInAsync();

        var page = await browser.GetAsync(Browser.Callback(atProvider, "xcode=1"));

        Assert.Contains("has no code", page.Find("error").TextContent);
    }

    [Fact]
    public async Task Callback_ThatTheSidecarCannotRedeem_SaysSo()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var atProvider = await browser.StartSignInAsync();

        var page = await browser.GetAsync(Browser.Callback(atProvider, "code=unknown"));

        Assert.Contains("could not redeem", page.Find("error").TextContent);
        Assert.NotNull((await browser.GetAsync("/")).FindOrNull("sign-in"));
    }

    [Fact]
    public async Task Callback_AfterTheSidecarRestarted_AsksForANewSignIn()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var atProvider = await browser.StartSignInAsync();
        console.Sidecar.ForgetLogins();

        var page = await browser.GetAsync(Browser.Callback(atProvider, $"code={Person.Alice.Code}"));

        Assert.Contains("Sign in again", page.Find("error").TextContent);
    }

    [Fact]
    public async Task Callback_FromAnotherIssuer_IsRefusedBeforeTheSidecarSeesTheCode()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var atProvider = await browser.StartSignInAsync();
        var callback = Browser.Callback(atProvider, $"code={Person.Alice.Code}").Replace("8080", "9999", StringComparison.Ordinal);

        var page = await browser.GetAsync(callback);

        Assert.Contains("another identity provider", page.Find("error").TextContent);
        Assert.DoesNotContain(console.Sidecar.Seen, request => request.Query.Contains("code=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SignIn_WhenTheSidecarSendsToAnotherProvider_StaysAndNamesBoth()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Sidecar.Provider = "https://evil.example";
        using var browser = console.OpenBrowser();

        var page = await browser.PressAsync(await browser.GetAsync("/"), "sign-in");

        Assert.Equal(HttpStatusCode.BadGateway, page.Status);
        Assert.Contains("https://evil.example", page.Find("error").TextContent);
        Assert.Contains("http://localhost:8080", page.Find("error").TextContent);
    }

    [Fact]
    public async Task SignIn_WhenTheProviderIsNotConfigured_NamesTheSetting()
    {
        await using var console = await ConsoleHost.StartAsync(("Keycloak:auth-server-url", null));
        using var browser = console.OpenBrowser();

        var page = await browser.PressAsync(await browser.GetAsync("/"), "sign-in");

        Assert.Contains("Keycloak:auth-server-url", page.Find("error").TextContent);
    }

    [Fact]
    public async Task SignIn_WhenTheSidecarHasAnIdentityOfItsOwn_ShowsNothingOfIt()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Sidecar.ServiceAccount = Person.Agent;
        using var browser = console.OpenBrowser();

        var page = await browser.PressAsync(await browser.GetAsync("/"), "sign-in");

        Assert.Contains("not yours", page.Find("error").TextContent);
        Assert.DoesNotContain("service-account", page.Text);
    }

    [Fact]
    public async Task SignIn_WhenTheSidecarIsDown_SaysSo()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var landing = await browser.GetAsync("/");
        await console.Sidecar.DisposeAsync();

        var page = await browser.PressAsync(landing, "sign-in");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("No sidecar answers", page.Find("error").TextContent);
    }

    [Theory]
    [InlineData("/signin")]
    [InlineData("/signout")]
    public async Task Form_WithoutItsToken_IsRefused(string path)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);

        var page = await browser.PostAsync(path, [new("returnPath", "/")]);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("out of date", page.Find("error").TextContent);
        Assert.Equal("alice", (await browser.GetAsync("/")).Find("signed-in-user").TextContent);
    }

    [Fact]
    public async Task Form_WithTheTokenOfAnotherBrowser_IsRefused()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var alice = console.OpenBrowser();
        using var mallory = console.OpenBrowser();
        await alice.SignInAsync(Person.Alice);
        var malloryPage = await mallory.GetAsync("/");
        var token = Browser.Fields((AngleSharp.Html.Dom.IHtmlFormElement)malloryPage.Find("sign-in").Closest("form")!);

        var page = await alice.PostAsync("/signout", token);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Equal("alice", (await alice.GetAsync("/")).Find("signed-in-user").TextContent);
    }
}
