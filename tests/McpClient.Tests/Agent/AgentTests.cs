using System.Diagnostics;
using McpAspire.Client.Agent;
using McpAspire.Client.Sidecar;
using McpAspire.Client.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace McpAspire.Client.Tests.Agent;

public class AgentTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_CommentsEveryOpenTicketOfItsTenantOnce()
    {
        await using var sidecar = await StartSidecarAsync();
        var vpn = sidecar.Tickets.Add("contoso", "VPN drops every 20 minutes", priority: "high");
        var closed = sidecar.Tickets.Add("contoso", "Old one", status: "closed");
        var foreign = sidecar.Tickets.Add("fabrikam", "Badge reader");
        await using var agent = await AgentHost.StartAsync(sidecar.Options);

        await agent.RunsAsync(5);

        var comment = Assert.Single(vpn.Comments);
        Assert.Equal("service-account-mcp-agent", comment.Author);
        Assert.Contains("a network problem", comment.Text);
        Assert.Contains("high priority", comment.Text);
        Assert.Empty(closed.Comments);
        Assert.Empty(foreign.Comments);
    }

    [Fact]
    public async Task Run_OfANewAgentProcess_DoesNotRepeatWhatTheOldOneWrote()
    {
        await using var sidecar = await StartSidecarAsync();
        var ticket = sidecar.Tickets.Add("contoso", "Password reset mail arrives late");
        await using (var first = await AgentHost.StartAsync(sidecar.Options))
        {
            await first.RunsAsync(1);
        }

        await using var second = await AgentHost.StartAsync(sidecar.Options);
        await second.RunsAsync(2);

        Assert.Single(ticket.Comments);
    }

    [Fact]
    public async Task Run_AfterTheStateChanged_CommentsAgainOnce()
    {
        await using var sidecar = await StartSidecarAsync();
        var ticket = sidecar.Tickets.Add("contoso", "Password reset mail arrives late");
        await using var agent = await AgentHost.StartAsync(sidecar.Options);
        await agent.RunsAsync(1);

        ticket.Priority = "urgent";
        await agent.RunsAsync(3);

        Assert.Equal(2, ticket.Comments.Count);
        Assert.Contains("within one hour", ticket.Comments[1].Text);
    }

    [Fact]
    public async Task Run_WhenSomebodyElseQuotesItsNote_StillCommentsItself()
    {
        await using var sidecar = await StartSidecarAsync();
        var ticket = sidecar.Tickets.Add("contoso", "Printer prints blank pages");
        sidecar.Tickets.Comment("contoso", ticket.Id, "alice", $"> [triage {ticket.Id}/open/normal]", version: null);
        await using var agent = await AgentHost.StartAsync(sidecar.Options);

        await agent.RunsAsync(2);

        Assert.Equal(["alice", "service-account-mcp-agent"], ticket.Comments.Select(comment => comment.Author));
    }

    [Fact]
    public async Task Runs_OfTwoAgentsAtOnce_WriteOneNote()
    {
        await using var sidecar = await StartSidecarAsync();
        for (var index = 0; index < 5; index++)
        {
            sidecar.Tickets.Add("contoso", $"Ticket {index}");
        }

        await using var first = await AgentHost.StartAsync(sidecar.Options);
        await using var second = await AgentHost.StartAsync(sidecar.Options);
        await Task.WhenAll(first.RunsAsync(4), second.RunsAsync(4));

        Assert.Equal(5, sidecar.Tickets.Comments);
    }

    [Fact]
    public async Task Run_ChangesNoMoreTicketsThanAllowed()
    {
        await using var sidecar = await StartSidecarAsync();
        for (var index = 0; index < 7; index++)
        {
            sidecar.Tickets.Add("contoso", $"Ticket {index}");
        }

        await using var agent = await AgentHost.StartAsync(sidecar.Options, ("McpClient:Agent:MaxTicketsPerRun", "3"), ("McpClient:Agent:Interval", "24h"));
        await Eventually.TrueAsync(() => agent.Report.Runs == 1, "the first run");

        Assert.Equal(3, sidecar.Tickets.Comments);
        Assert.Equal(7, agent.Report.OpenTickets);
    }

    [Fact]
    public async Task Run_LeavesPrioritiesThatItDoesNotHandle()
    {
        await using var sidecar = await StartSidecarAsync();
        var low = sidecar.Tickets.Add("contoso", "Low one", priority: "low");
        var urgent = sidecar.Tickets.Add("contoso", "Urgent one", priority: "urgent");
        await using var agent = await AgentHost.StartAsync(sidecar.Options, ("McpClient:Agent:Priorities", "high, urgent"));

        await agent.RunsAsync(2);

        Assert.Empty(low.Comments);
        Assert.Single(urgent.Comments);
    }

    [Fact]
    public async Task Run_IsOneTrace()
    {
        var traces = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var sidecar = await StartSidecarAsync();
        sidecar.Override = context =>
        {
            traces.Enqueue(context.Request.Headers.TraceParent.ToString().Split('-').ElementAtOrDefault(1) ?? "");
            return Task.FromResult(false);
        };
        sidecar.Tickets.Add("contoso", "VPN drops");
        await using var agent = await AgentHost.StartAsync(sidecar.Options, ("McpClient:Agent:Interval", "24h"));
        await Eventually.TrueAsync(() => agent.Report.Runs == 1, "the first run");

        Assert.Equal([agent.Report.LastTraceId!], traces.Distinct());
        Assert.Equal(agent.Report.FirstAuthorisedCall!.TraceId, agent.Report.LastTraceId);
    }

    [Fact]
    public async Task Status_AfterTheFirstRun_SaysWhoAndWhatAndWhen()
    {
        await using var sidecar = await StartSidecarAsync();
        sidecar.Tickets.Add("contoso", "VPN drops");
        await using var agent = await AgentHost.StartAsync(sidecar.Options);
        await agent.RunsAsync(1);

        var status = await agent.StatusAsync();

        Assert.Equal("service-account-mcp-agent", status.GetProperty("identity").GetProperty("user").GetString());
        Assert.Equal("contoso", status.GetProperty("identity").GetProperty("tenant").GetString());
        Assert.Equal("whoami", status.GetProperty("firstAuthorisedCall").GetProperty("tool").GetString());
        Assert.Equal(32, status.GetProperty("firstAuthorisedCall").GetProperty("traceId").GetString()!.Length);
        Assert.Equal(1, status.GetProperty("commentsWritten").GetInt32());
    }

    [Fact]
    public async Task Health_BeforeTheSidecarAnswers_IsUnhealthy_ThenHealthyWithoutARestart()
    {
        var cancellation = Cancellation;
        var reserved = await FakeSidecar.StartAsync(cancellation);
        var address = reserved.Address;
        await reserved.DisposeAsync();
        await using var agent = await AgentHost.StartAsync(new SidecarOptions { Endpoint = address });
        await Eventually.TrueAsync(() => agent.Report.LastFailure is not null, "the agent noticed");
        Assert.Equal(503, await agent.HealthAsync());
        Assert.Equal(200, await agent.HealthAsync("/alive"));
        Assert.Equal(0, agent.Report.Runs);

        await using var sidecar = await FakeSidecar.StartAsync(cancellation, address.AbsoluteUri);
        sidecar.ServiceAccount = Person.Agent;
        await agent.RunsAsync(1);

        Assert.Equal(200, await agent.HealthAsync());
    }

    [Fact]
    public async Task Health_WhenTheSidecarGivesEmptyAnswers_IsUnhealthyWithTheReason()
    {
        await using var sidecar = await StartSidecarAsync();
        sidecar.Override = context =>
        {
            context.Response.ContentLength = 0;
            return Task.FromResult(true);
        };
        await using var agent = await AgentHost.StartAsync(sidecar.Options);

        await agent.RunsAsync(1);

        Assert.Equal(503, await agent.HealthAsync());
        Assert.Contains("could not get a token", agent.Report.LastFailure);
    }

    [Fact]
    public async Task Health_AfterThreeFailedRuns_IsUnhealthy_AndRecovers()
    {
        await using var sidecar = await StartSidecarAsync();
        await using var agent = await AgentHost.StartAsync(sidecar.Options);
        await agent.RunsAsync(1);
        Assert.Equal(200, await agent.HealthAsync());

        sidecar.Override = context =>
        {
            context.Response.StatusCode = 401;
            return Task.FromResult(true);
        };
        await Eventually.TrueAsync(() => agent.Report.FailedRunsInARow >= 3, "three failed runs");
        Assert.Equal(503, await agent.HealthAsync());

        sidecar.Override = null;
        await Eventually.TrueAsync(() => agent.Report.FailedRunsInARow == 0, "a good run");
        Assert.Equal(200, await agent.HealthAsync());
    }

    [Theory]
    [InlineData("Interval", "30", "30s, 5m or 00:00:30")]
    [InlineData("Interval", "soon", "a duration")]
    [InlineData("Interval", "-5s", "a duration")]
    [InlineData("MaxTicketsPerRun", "0", "a whole number from 1 to 100")]
    public async Task Start_WithABadSetting_NamesKeyValueAndWhatIsAllowed(string name, string value, string allowed)
    {
        var sidecar = new SidecarOptions { Endpoint = new Uri("http://127.0.0.1:1") };

        var problem = await Assert.ThrowsAnyAsync<Exception>(() => AgentHost.StartAsync(sidecar, ($"McpClient:Agent:{name}", value)));

        Assert.Contains($"McpClient:Agent:{name} is '{value}'", problem.Message);
        Assert.Contains(allowed, problem.Message);
    }

    private static async Task<FakeSidecar> StartSidecarAsync()
    {
        var sidecar = await FakeSidecar.StartAsync(Cancellation);
        sidecar.ServiceAccount = Person.Agent;
        return sidecar;
    }
}
