using System.Net;
using McpAspire.Client.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace McpAspire.Client.Tests.WebConsole;

public class TicketPageTests
{
    [Theory]
    [InlineData("/", new[] { "Open one" })]
    [InlineData("/?status=waiting", new[] { "Waiting one" })]
    [InlineData("/?status=closed", new[] { "Closed one" })]
    [InlineData("/?status=all", new[] { "Closed one", "Waiting one", "Open one" })]
    [InlineData("/?status=nonsense", new[] { "Open one" })]
    public async Task Filter_ListsTicketsOfThatStatus(string path, string[] titles)
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Sidecar.Tickets.Add("contoso", "Open one");
        console.Sidecar.Tickets.Add("contoso", "Waiting one", status: "waiting");
        console.Sidecar.Tickets.Add("contoso", "Closed one", status: "closed");
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);

        var page = await browser.GetAsync(path);

        Assert.Equal(titles, page.TicketTitles);
        Assert.Single(page.Document.QuerySelectorAll(".filter [aria-current='page']"));
    }

    [Fact]
    public async Task List_WithMoreTicketsThanAPage_LinksTheOlderOnes()
    {
        await using var console = await ConsoleHost.StartAsync();
        for (var index = 1; index <= 60; index++)
        {
            console.Sidecar.Tickets.Add("contoso", $"Ticket {index}");
        }

        using var browser = console.OpenBrowser();
        var first = await browser.SignInAsync(Person.Alice);
        var second = await browser.GetAsync(first.Document.QuerySelector("[rel='next']")!.GetAttribute("href")!);

        Assert.Equal(50, first.TicketTitles.Length);
        Assert.Equal(10, second.TicketTitles.Length);
        Assert.Empty(first.TicketTitles.Intersect(second.TicketTitles));
        Assert.Contains("60 tickets", first.Text);
        Assert.Null(second.Document.QuerySelector("[rel='next']"));
    }

    [Fact]
    public async Task List_WithoutTickets_SaysSo()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();

        var page = await browser.SignInAsync(Person.Alice);

        Assert.Contains("There are no open tickets", page.Find("tickets").TextContent);
    }

    [Fact]
    public async Task List_WithMarkupInATitle_ShowsItAsText()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Sidecar.Tickets.Add("contoso", "<img src=x onerror=alert(1)>", priority: "high\" onclick=\"x");
        using var browser = console.OpenBrowser();

        var page = await browser.SignInAsync(Person.Alice);

        Assert.Equal(["<img src=x onerror=alert(1)>"], page.TicketTitles);
        Assert.Empty(page.Document.QuerySelectorAll("img, script, [onclick]"));
    }

    [Fact]
    public async Task List_WithTooLittleScope_NamesThePersonAndTheMissingScope()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);
        console.Sidecar.Override = context => RefuseListAsync(context);

        var page = await browser.GetAsync("/");

        Assert.Equal("alice", page.Find("signed-in-user").TextContent);
        Assert.Contains("'tickets:admin' is missing", page.Find("error").TextContent);
    }

    [Theory]
    [InlineData(200, "", "", "could not get a token")]
    [InlineData(500, "application/json", """{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: mcp-server, err: connection refused"}""", "mcp-server cannot be reached")]
    [InlineData(502, "application/json", """{"errorCode":"ERR_OAUTH2_TOKEN","message":"no token for this call"}""", "could not get a token")]
    [InlineData(401, "text/plain", "invalid api token\n", "DAPR_API_TOKEN")]
    [InlineData(503, "text/plain", "busy", "mcp-server cannot be reached")]
    [InlineData(403, "text/plain", "no", "does not allow")]
    public async Task Open_WhenTheSidecarFails_ExplainsInASentence(int status, string contentType, string body, string sentence)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);
        console.Sidecar.Override = async context =>
        {
            context.Response.StatusCode = status;
            if (contentType.Length > 0)
            {
                context.Response.ContentType = contentType;
            }

            await context.Response.WriteAsync(body);
            return true;
        };

        var page = await browser.GetAsync("/");

        Assert.Contains(sentence, page.Find("error").TextContent);
        Assert.True((int)page.Status >= 400);
        console.Sidecar.Override = null;
        Assert.Equal("alice", (await browser.GetAsync("/")).Find("signed-in-user").TextContent);
    }

    [Fact]
    public async Task Open_WhenTheSidecarIsDown_SaysSoAndKeepsTheSession()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);
        await console.Sidecar.DisposeAsync();

        var page = await browser.GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("No sidecar answers", page.Find("error").TextContent);
        Assert.Equal(1, console.Sessions.Count);
    }

    [Fact]
    public async Task Open_WhenTheServerHangs_GivesUpWithASentence()
    {
        await using var console = await ConsoleHost.StartAsync(("McpClient:Console:CallTimeout", "0.5s"));
        using var browser = console.OpenBrowser();
        await browser.SignInAsync(Person.Alice);
        console.Sidecar.Override = async context =>
        {
            var gone = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
            return true;
        };

        var page = await browser.GetAsync("/");

        Assert.Equal(HttpStatusCode.GatewayTimeout, page.Status);
        Assert.Contains("did not answer", page.Find("error").TextContent);
    }

    [Fact]
    public async Task Open_UnknownPage_SaysSo()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();

        var page = await browser.GetAsync("/nothing");

        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Contains("no such page", page.Find("error").TextContent);
    }

    private static async Task<bool> RefuseListAsync(HttpContext context)
    {
        if (context.Request.Headers["Mcp-Name"] != "list_tickets")
        {
            return false;
        }

        context.Response.StatusCode = 403;
        context.Response.Headers.WWWAuthenticate =
            """Bearer error="insufficient_scope", scope="tickets:read tickets:admin", resource_metadata="http://localhost:5200/.well-known/oauth-protected-resource/mcp" """;
        await context.Response.CompleteAsync();
        return true;
    }
}
