using System.Text.Json;

namespace McpAspire.AppHost;

/// <summary>Says once what the agent's first authorised call was.</summary>
internal static class FirstCallReport
{
    public static IResourceBuilder<ProjectResource> ReportFirstAuthorizedCall(this IResourceBuilder<ProjectResource> agent, StackPlan stack)
        => agent.OnResourceReady(async (_, _, cancellationToken) =>
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{stack.Ports.Agent}") };
            using var status = JsonDocument.Parse(await client.GetStringAsync("/status", cancellationToken).ConfigureAwait(false));
            Console.WriteLine($"mcp-agent: first authorised call {Sentence(status.RootElement)}");
        });

    private static string Sentence(JsonElement status)
    {
        var call = status.GetProperty("firstAuthorisedCall");
        var identity = status.GetProperty("identity");
        return $"{call.GetProperty("tool")} as {identity.GetProperty("user")} of {identity.GetProperty("tenant")}, trace {call.GetProperty("traceId")}";
    }
}
