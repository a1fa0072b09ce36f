using System.Net;
using McpAspire.Client.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace McpAspire.Client.Tests.WebConsole;

public class BrowserSafetyTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/nothing")]
    [InlineData("/signin/callback?state=x&code=y")]
    public async Task EveryPage_HasTheHeadersAgainstScriptsFramesAndLeaks(string path)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();

        var page = await browser.GetAsync(path);

        var policy = page.Response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("form-action 'self' http://localhost:8080;", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", page.Response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", page.Response.Headers.GetValues("Referrer-Policy").Single());
        Assert.True(page.Response.Headers.CacheControl!.NoStore);
        Assert.Empty(page.Document.QuerySelectorAll("script, style, [style]"));
    }

    [Fact]
    public async Task Stylesheet_IsServedAndMayBeKept()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var path = (await browser.GetAsync("/")).Document.QuerySelector("link[rel='stylesheet']")!.GetAttribute("href")!;

        var sheet = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, sheet.Status);
        Assert.Equal("text/css", sheet.Response.Content.Headers.ContentType!.MediaType);
        Assert.False(sheet.Response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Open_OnTheLoopbackAddress_RedirectsToLocalhostWithTheSamePortAndPath()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = new Browser(new UriBuilder(console.Address) { Host = "127.0.0.1" }.Uri);

        var page = await browser.GetAsync("/?status=closed");

        Assert.Equal(HttpStatusCode.TemporaryRedirect, page.Status);
        Assert.Equal(new Uri(console.Address, "/?status=closed").AbsoluteUri, page.Location);
    }

    [Fact]
    public async Task Open_UnderAForeignHostName_IsRefused()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var http = new HttpClient { BaseAddress = console.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "evil.example" } };

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Health_WhenTheSidecarAsksForASignIn_IsHealthy()
    {
        await using var console = await ConsoleHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await HealthAsync(console));
    }

    [Theory]
    [InlineData(401, HttpStatusCode.OK)]
    [InlineData(200, HttpStatusCode.ServiceUnavailable)]
    [InlineData(500, HttpStatusCode.ServiceUnavailable)]
    [InlineData(404, HttpStatusCode.ServiceUnavailable)]
    public async Task Health_FollowsWhatTheSidecarAnswers(int status, HttpStatusCode expected)
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Sidecar.Override = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = 0;
            return Task.FromResult(true);
        };

        Assert.Equal(expected, await HealthAsync(console));
    }

    [Fact]
    public async Task Health_WithoutSidecar_IsUnhealthyButAlive()
    {
        await using var console = await ConsoleHost.StartAsync();
        await console.Sidecar.DisposeAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await HealthAsync(console));
        Assert.Equal(HttpStatusCode.OK, await HealthAsync(console, "/alive"));
    }

    private static async Task<HttpStatusCode> HealthAsync(ConsoleHost console, string path = "/health")
    {
        using var http = new HttpClient { BaseAddress = new UriBuilder(console.Address) { Host = "127.0.0.1" }.Uri };
        using var response = await http.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
