using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using McpAspire.AppHost.Health;

namespace McpAspire.AppHost.Tests;

/// <summary>A real daprd that would run unprotected is not started, and neither is its app.</summary>
public sealed class SidecarPreflightTests : IDisposable
{
    private const string App = "mcp-agent";
    private const string Sidecar = "mcp-agent-dapr-cli";

    private readonly string _folder = Directory.CreateTempSubdirectory("preflight-").FullName;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private string Started => Path.Combine(_folder, "started");

    [Fact]
    public async Task Daprd_WithAHandlerThatIsNotDefined_IsNeverStarted_AndItsAppNeither()
    {
        var config = Path.Combine(CopyComponents(), "config.yaml");
        File.WriteAllText(config, File.ReadAllText(config).Replace("- name: oauth2", "- name: oath2", StringComparison.Ordinal));

        await using var app = await StartAsync();
        var states = await Task.WhenAll(TerminalStateAsync(app, Sidecar), TerminalStateAsync(app, App));

        Assert.Equal([KnownResourceStates.FailedToStart, KnownResourceStates.FailedToStart], states);
        Assert.False(File.Exists(Started));
        var line = File.ReadLines(config).TakeWhile(text => !text.Contains("oath2", StringComparison.Ordinal)).Count() + 1;
        var log = await LogAsync(app, Sidecar);
        Assert.Contains($"components/mcp-agent/config.yaml:{line}: The handler 'oath2' is not defined", log, StringComparison.Ordinal);
        Assert.Contains("Mend: Correct the name", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daprd_WithTheShippedComponents_IsStarted()
    {
        CopyComponents();

        await using var app = await StartAsync();
        await app.ResourceNotifications.WaitForResourceAsync(Sidecar, KnownResourceStates.Running, Stopping);

        while (!File.Exists(Started))
        {
            await Task.Delay(20, Stopping);
        }

        Assert.StartsWith("run ", await File.ReadAllTextAsync(Started, Stopping), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string CopyComponents()
    {
        var target = Path.Combine(_folder, "components");
        new AdjustedCopy(new Dictionary<int, int>()).CopyFolder(Path.Combine(AppContext.BaseDirectory, "components", App), target);
        return target;
    }

    /// <summary>The agent behind a program that takes the place of the dapr command line and notes that it was started.</summary>
    private async Task<DistributedApplication> StartAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for dapr is a shell script");
        var dapr = Path.Combine(_folder, "dapr");
        await File.WriteAllTextAsync(dapr, $"#!/bin/sh\necho \"$@\" > '{Started}.part' && mv '{Started}.part' '{Started}'\nexec sleep 600\n", Stopping);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(dapr, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var builder = DistributedApplicationTestingBuilder.Create("--DcpPublisher:RandomizePorts=false", "--Parameters:mcp-agent-secret=secret");
        var plan = new SidecarPlan(App, Path.Combine(_folder, "components"), FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next(), ApiToken: false);
        var secret = new StackSecret("MCP_AGENT_SECRET", builder.AddGeneratedSecret("mcp-agent-secret"));
        builder.AddSidecars(new SidecarChoice("dapr", "the test", dapr));
        builder.AddProject<Projects.McpClient>(App, options => options.ExcludeLaunchProfile = true)
            .WithArgs("agent")
            .ListenOn(FreePort.Next())
            .WithSidecar(plan, secret, SidecarProof.AnswersMcp);
        var app = await builder.BuildAsync(Stopping);
        await app.StartAsync(Stopping);
        return app;
    }

    private static async Task<string?> TerminalStateAsync(DistributedApplication app, string resource)
        => (await app.ResourceNotifications.WaitForResourceAsync(resource, state => KnownResourceStates.TerminalStates.Contains(state.Snapshot.State?.Text) || state.Snapshot.State?.Text == KnownResourceStates.Running, Stopping)).Snapshot.State?.Text;

    private static async Task<string> LogAsync(DistributedApplication app, string resource)
    {
        var logs = (ResourceLoggerService)app.Services.GetService(typeof(ResourceLoggerService))!;
        await foreach (var lines in logs.WatchAsync(resource).WithCancellation(Stopping))
        {
            if (lines.FirstOrDefault(line => line.Content.Contains("daprd is not started", StringComparison.Ordinal)) is { Content: { } found })
            {
                return found;
            }
        }

        return string.Empty;
    }
}
