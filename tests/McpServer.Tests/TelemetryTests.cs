using System.Collections.Concurrent;
using System.Diagnostics;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class TelemetryTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    [Fact]
    public async Task Call_IsOneTraceWithItsStatements_AndNoValueIsInIt()
    {
        using var spans = new Spans();
        using var caller = new Activity("caller").Start();

        using var response = await server.Http.CallToolAsync(server.Token(), "list_tickets", """{"search":"very private words"}""");
        await response.AnswerAsync();

        var statement = Assert.Single(spans.Of(caller), span => span.Source.Name == "McpAspire.Database" && span.DisplayName == "SELECT Tickets" && Query(span).Contains("COUNT", StringComparison.Ordinal));
        Assert.Equal(ActivityKind.Client, statement.Kind);
        Assert.Equal("sqlite", statement.GetTagItem("db.system.name"));
        Assert.Equal("tickets.db", statement.GetTagItem("db.namespace"));
        Assert.Equal("SELECT", statement.GetTagItem("db.operation.name"));
        Assert.True(statement.Duration > TimeSpan.Zero);
        Assert.All(spans.Of(caller).SelectMany(span => span.TagObjects), tag => Assert.DoesNotContain("private words", $"{tag.Value}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_DescribesItsCallerOnTheSpan_WithoutTheToken()
    {
        using var spans = new Spans();
        using var caller = new Activity("caller").Start();
        var token = server.TokenWith("tickets:read");

        using var response = await server.Http.CallToolAsync(token, "get_ticket", """{"id":1}""");
        await response.AnswerAsync();

        var span = Assert.Single(spans.Of(caller), span => Equals(span.GetTagItem("mcp.authorization.decision"), "allowed"));
        Assert.Equal("get_ticket", span.GetTagItem("gen_ai.tool.name"));
        Assert.Equal("contoso", span.GetTagItem("tenant.id"));
        Assert.Equal("subject-of-alice", span.GetTagItem("enduser.id"));
        var signature = token.Split('.')[2];
        Assert.All(spans.Of(caller).SelectMany(each => each.TagObjects), tag => Assert.DoesNotContain(signature, $"{tag.Value}", StringComparison.Ordinal));
    }

    private static string Query(Activity span) => (string)span.GetTagItem("db.query.text")!;

    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _stopped = new();
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _stopped.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IEnumerable<Activity> Of(Activity root) => _stopped.Where(span => span.TraceId == root.TraceId);

        public void Dispose() => _listener.Dispose();
    }
}
