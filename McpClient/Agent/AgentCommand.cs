using System.CommandLine;
using McpAspire.Client.CommandLine;
using McpAspire.Client.Hosting;
using McpAspire.Client.Sidecar;
using McpAspire.ServiceDefaults;

namespace McpAspire.Client.Agent;

/// <summary><c>agent</c>: works through tickets until it is stopped.</summary>
internal static class AgentCommand
{
    private const string DefaultUrl = "http://localhost:5101";

    public static Command Create()
    {
        var command = new Command("agent", "Work through the tickets of the agent's tenant on a schedule (McpClient:Agent:Interval, default 30s).");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = Build(parsed.GetSidecar(), []);
            await app.RunAsync(cancellationToken);
            return ExitCodes.Ok;
        });
        return command;
    }

    public static WebApplication Build(SidecarOptions sidecar, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = ServiceHost.CreateBuilder(DefaultUrl, settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(AgentOptions.Read(builder.Configuration));
        builder.Services.AddSingleton(sidecar);
        builder.Services.AddSingleton<McpConnector>();
        builder.Services.AddSingleton<AgentStatus>();
        builder.Services.AddSingleton<TriageRun>();
        builder.Services.AddHostedService<AgentWorker>();
        builder.Services.AddHealthChecks().AddCheck<AgentHealthCheck>("authorised calls");

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/status", (AgentStatus status) => TypedResults.Json(status.Report));
        return app;
    }
}
