using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace McpAspire.Client.Agent;

/// <summary>Each run is one trace, and counted.</summary>
internal static class AgentTelemetry
{
    public const string Name = "McpAspire.Agent";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> Runs = Meter.CreateCounter<long>("mcp.agent.runs", "{run}", "Runs of the agent, by outcome.");

    public static readonly Counter<long> Comments = Meter.CreateCounter<long>("mcp.agent.comments", "{comment}", "Triage notes written.");
}
