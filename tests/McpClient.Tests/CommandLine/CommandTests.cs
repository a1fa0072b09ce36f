using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using McpAspire.Client.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace McpAspire.Client.Tests.CommandLine;

public class CommandTests
{
    [Fact]
    public async Task Tools_ListsNameDescriptionAndArguments()
    {
        await using var sidecar = await StartAsync();

        var run = await ClientProcess.RunAsync(sidecar, "tools");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("get_ticket", run.Output);
        Assert.Contains("Returns one ticket.", run.Output);
        Assert.Contains("--arg id=<integer>  (required)  Number of the ticket", run.Output);
        Assert.Contains("--arg status=<open|waiting|closed>  (optional)", run.Output);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Tools_AsJson_GivesTheDefinitions()
    {
        await using var sidecar = await StartAsync();

        var run = await ClientProcess.RunAsync(sidecar, "tools", "--output", "json");

        using var tools = JsonDocument.Parse(run.Output);
        var comment = tools.RootElement.EnumerateArray().Single(tool => tool.GetProperty("name").GetString() == "comment_ticket");
        Assert.Equal(["id", "text"], comment.GetProperty("inputSchema").GetProperty("required").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task Call_PrintsAReadableResult()
    {
        await using var sidecar = await StartAsync();
        sidecar.Tickets.Add("contoso", "VPN drops");

        var run = await ClientProcess.RunAsync(sidecar, "call", "list_tickets", "--arg", "status=open", "--arg", "pageSize=5");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"id\s+title\s+status\s+priority", run.Output);
        Assert.Matches(@"1\s+VPN drops\s+open\s+normal", run.Output);
    }

    [Fact]
    public async Task Call_AsJson_GivesTheStructuredResultAlone()
    {
        await using var sidecar = await StartAsync();

        var run = await ClientProcess.RunAsync(sidecar, "call", "whoami", "-o", "json");

        using var result = JsonDocument.Parse(run.Output);
        Assert.Equal("service-account-mcp-agent", result.RootElement.GetProperty("user").GetString());
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Call_ChangesSomething_WithArgumentsConvertedByTheSchema()
    {
        await using var sidecar = await StartAsync();
        var ticket = sidecar.Tickets.Add("contoso", "VPN drops");

        var run = await ClientProcess.RunAsync(sidecar, "call", "comment_ticket", "--arg", "id=1", "--arg", "text=a=b, true", "-a", "version=1");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("a=b, true", Assert.Single(ticket.Comments).Text);
    }

    [Theory]
    [InlineData("call list_ticket", "There is no tool 'list_ticket'. Did you mean 'list_tickets'? Tools: comment_ticket, get_ticket, list_tickets, whoami.")]
    [InlineData("call list_tickets --arg statsu=open", "list_tickets has no argument 'statsu'. Did you mean 'status'? Arguments: status, page, pageSize.")]
    [InlineData("call list_tickets --arg status=opne", "'status' cannot be 'opne'. Did you mean 'open'? Allowed: open, waiting, closed.")]
    [InlineData("call list_tickets --arg page=two", "'page' must be a whole number, but is 'two'.")]
    [InlineData("call get_ticket", "get_ticket needs id. Add --arg id=….")]
    [InlineData("call get_ticket --arg id=1 --arg id=2", "get_ticket takes 'id' once, but it was given 2 times.")]
    [InlineData("call get_ticket --arg id", "'id' is not an argument: write --arg name=value.")]
    [InlineData("call whoami --arg x=1", "whoami takes no arguments, but 'x' was given.")]
    public async Task Call_WithBadInput_SaysWhatIsAllowedAndCallsNothing(string line, string sentence)
    {
        await using var sidecar = await StartAsync();

        var run = await ClientProcess.RunAsync(sidecar, line.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(sentence, run.Error.Trim());
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("call")]
    [InlineData("nonsense")]
    [InlineData("tools --output xml")]
    [InlineData("tools --sidecar nowhere")]
    [InlineData("tools --sidecar http://user@127.0.0.1:3502")]
    public async Task Run_WithABadCommandLine_IsUsage(string line)
    {
        var run = await ClientProcess.RunAsync(line.Split(' '), []);

        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Run_WithABadPortVariable_NamesIt()
    {
        var run = await ClientProcess.RunAsync(["tools"], [("DAPR_HTTP_PORT", "70000")]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("DAPR_HTTP_PORT is '70000'", run.Error);
    }

    [Fact]
    public async Task Call_ThatTheToolRefuses_PrintsItsReason()
    {
        await using var sidecar = await StartAsync();

        var run = await ClientProcess.RunAsync(sidecar, "call", "get_ticket", "--arg", "id=99");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Ticket 99 was not found", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Call_ThatTheToolRefuses_AsJson_IsAnErrorResult()
    {
        await using var sidecar = await StartAsync();

        var run = await ClientProcess.RunAsync(sidecar, "call", "get_ticket", "--arg", "id=99", "--output", "json");

        using var result = JsonDocument.Parse(run.Output);
        Assert.True(result.RootElement.GetProperty("isError").GetBoolean());
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData(200, null, "no_token", 3)]
    [InlineData(302, null, "sign_in_needed", 3)]
    [InlineData(401, null, "refused", 3)]
    [InlineData(403, """Bearer error="insufficient_scope", scope="tickets:admin" """, "insufficient_scope", 3)]
    [InlineData(500, null, "server_unreachable", 4)]
    [InlineData(503, null, "server_unreachable", 4)]
    public async Task Call_WhenTheSidecarAnswersItself_HasItsKindAndExitCode(int status, string? challenge, string kind, int exitCode)
    {
        await using var sidecar = await StartAsync();
        sidecar.Override = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = 0;
            context.Response.Headers.WWWAuthenticate = challenge;
            return Task.FromResult(true);
        };

        var run = await ClientProcess.RunAsync(sidecar, "call", "whoami", "--output=json");

        using var result = JsonDocument.Parse(run.Output);
        var error = result.RootElement.GetProperty("error");
        Assert.Equal((kind, exitCode), (error.GetProperty("kind").GetString(), run.ExitCode));
        Assert.Matches("^[A-Za-z].{20,}[.?]$", error.GetProperty("message").GetString());
        if (challenge is not null)
        {
            Assert.Equal("tickets:admin", error.GetProperty("requiredScope").GetString());
        }
    }

    [Fact]
    public async Task Call_WithTooLittleScope_SaysWhatIsMissing()
    {
        await using var sidecar = await StartAsync();
        sidecar.Override = async context =>
        {
            if (context.Request.Headers["Mcp-Name"] != "comment_ticket")
            {
                return false;
            }

            context.Response.StatusCode = 403;
            context.Response.Headers.WWWAuthenticate = """Bearer error="insufficient_scope", scope="tickets:read tickets:write tickets:admin" """;
            await context.Response.CompleteAsync();
            return true;
        };

        var run = await ClientProcess.RunAsync(sidecar, "call", "comment_ticket", "--arg", "id=1", "--arg", "text=x");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal("comment_ticket needs tickets:admin, which service-account-mcp-agent does not have.", run.Error.Trim());
    }

    [Fact]
    public async Task Run_WithoutSidecar_SaysHowToNameOne()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var run = await ClientProcess.RunAsync(["tools"], [("DAPR_HTTP_PORT", $"{port}")]);

        Assert.Equal(4, run.ExitCode);
        Assert.Contains($"No sidecar answers at http://127.0.0.1:{port}", run.Error);
    }

    [Fact]
    public async Task Run_WithDaprsVariables_FindsTheSidecarAndSendsItsToken()
    {
        await using var sidecar = await StartAsync();
        sidecar.RequireApiToken = true;

        var refused = await ClientProcess.RunAsync(["tools"], [("DAPR_HTTP_ENDPOINT", sidecar.Address.AbsoluteUri), ("DAPR_API_TOKEN", "wrong-secret")]);
        var allowed = await ClientProcess.RunAsync(["tools"], [("DAPR_HTTP_ENDPOINT", sidecar.Address.AbsoluteUri), ("DAPR_API_TOKEN", FakeSidecar.ApiToken)]);

        Assert.Equal((3, 0), (refused.ExitCode, allowed.ExitCode));
        Assert.Contains("DAPR_API_TOKEN", refused.Error);
        Assert.DoesNotContain("wrong-secret", refused.Error + refused.Output);
    }

    [Fact]
    public async Task Run_WithAnotherAppId_SaysThatTheServerCannotBeReached()
    {
        await using var sidecar = await StartAsync();

        var run = await ClientProcess.RunAsync(sidecar, "tools", "--app-id", "other");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("other cannot be reached", run.Error);
    }

    [Fact]
    public async Task Agent_WithABadSetting_StopsWithASentence()
    {
        var run = await ClientProcess.RunAsync(["agent"], [("McpClient__Agent__Interval", "30")]);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("McpClient:Agent:Interval is '30'", run.Error);
    }

    [Theory]
    [InlineData("console")]
    [InlineData("agent")]
    public async Task Serve_OnAPortInUse_StopsWithASentence(string mode)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var run = await ClientProcess.RunAsync([mode, "--sidecar", "http://127.0.0.1:1"], [("ASPNETCORE_URLS", url)]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(url, run.Error);
        Assert.DoesNotContain("   at ", run.Error + run.Output);
    }

    private static async Task<FakeSidecar> StartAsync()
    {
        var sidecar = await FakeSidecar.StartAsync(TestContext.Current.CancellationToken);
        sidecar.ServiceAccount = Person.Agent;
        return sidecar;
    }
}
