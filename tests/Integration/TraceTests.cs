using System.Net;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using McpAspire.Testing;

namespace McpAspire.Integration;

/// <summary>One call of the agent is one trace, as the real dashboard shows it.</summary>
[Collection(OneStackAtATime.Name)]
public sealed class TraceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly string[] Services = ["mcp-agent", "mcp-agent-dapr-cli", "mcp-server", "mcp-server-dapr-cli"];

    [Fact]
    public async Task AgentsRun_IsOneTraceOverAgentBothSidecarsServerAndDatabase()
    {
        RequiredTool.Find("npm", "installing the Aspire dashboard");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var dashboard = new Uri($"http://localhost:{FreePort.Next()}");
        var key = StackFixture.Secret();
        var arguments = StackFixture.Arguments(StackFixture.Secret(), $"--ASPNETCORE_URLS={dashboard.GetLeftPart(UriPartial.Authority)}", $"--AppHost:DashboardApiKey={key}");
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(arguments, (options, _) => options.DisableDashboard = false, limit.Token);
        await using var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("mcp-agent", limit.Token);

        using var http = new HttpClient { BaseAddress = dashboard };
        http.DefaultRequestHeaders.Add("x-api-key", key);
        var traceId = await FirstTraceIdAsync(app, limit.Token);
        var spans = await SpansAsync(http, traceId, limit.Token);

        Assert.Equal(Services, spans.Select(span => span.Service).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Services.Length, spans.Select(span => span.ProcessId).Distinct().Count());
        var ids = spans.Select(span => span.SpanId).ToHashSet();
        Assert.Single(spans, span => span.ParentId.Length == 0 || !ids.Contains(span.ParentId));
        Assert.Contains(spans, span => span.Service == "mcp-server" && span.Attributes.Any(name => name.StartsWith("db.", StringComparison.Ordinal)));
        await app.StopAsync(CancellationToken.None);
    }

    private static async Task<string> FirstTraceIdAsync(DistributedApplication app, CancellationToken cancellationToken)
    {
        using var agent = app.CreateHttpClient("mcp-agent", "http");
        using var status = JsonDocument.Parse(await agent.GetStringAsync(new Uri("/status", UriKind.Relative), cancellationToken));
        return status.RootElement.GetProperty("firstAuthorisedCall").GetProperty("traceId").GetString()!;
    }

    /// <summary>The spans of the trace once every service has exported its own and a database span is among them.</summary>
    private static async Task<IReadOnlyList<Span>> SpansAsync(HttpClient dashboard, string traceId, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            using var response = await dashboard.GetAsync(new Uri($"/api/telemetry/traces/{traceId}", UriKind.Relative), cancellationToken);
            if (response.StatusCode != HttpStatusCode.NotFound)
            {
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
                var spans = Span.Read(json.RootElement, traceId);
                var ids = spans.Select(span => span.SpanId).ToHashSet();
                if (Services.All(service => spans.Any(span => span.Service == service))
                    && spans.Count(span => !ids.Contains(span.ParentId)) == 1
                    && spans.Any(span => span.Attributes.Any(name => name.StartsWith("db.", StringComparison.Ordinal))))
                {
                    return spans;
                }
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private sealed record Span(string Service, string ProcessId, string SpanId, string ParentId, string[] Attributes)
    {
        public static IReadOnlyList<Span> Read(JsonElement answer, string traceId)
            => [.. from resource in answer.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
                   let attributes = resource.GetProperty("resource").GetProperty("attributes")
                   from scope in resource.GetProperty("scopeSpans").EnumerateArray()
                   from span in scope.GetProperty("spans").EnumerateArray()
                   where span.GetProperty("traceId").GetString() == traceId
                   select new Span(
                       Attribute(attributes, "service.name"),
                       Attribute(attributes, "process.pid"),
                       span.GetProperty("spanId").GetString()!,
                       span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() ?? "" : "",
                       span.TryGetProperty("attributes", out var own) ? [.. own.EnumerateArray().Select(attribute => attribute.GetProperty("key").GetString()!)] : [])];

        private static string Attribute(JsonElement attributes, string key)
        {
            var value = attributes.EnumerateArray().Where(attribute => attribute.GetProperty("key").GetString() == key).Select(attribute => attribute.GetProperty("value")).FirstOrDefault();
            return value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().First().Value.ToString() : "";
        }
    }
}
