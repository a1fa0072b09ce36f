using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What was seen of <c>dapr run</c>, seen again with this executable in its place.</summary>
[Trait("Category", "Contract")]
public sealed partial class CliContractTests : IDisposable
{
    private const string Topic = "cli";

    private readonly TemporaryFolder _folder = new();
    private readonly Differences _differences = Differences.Load();
    private readonly Comparison _comparison = new(new Ports());
    private readonly Dictionary<string, string> _ports = new[] { "3685", "24685", "25685", "9505" }.ToDictionary(port => port, _ => FreePort.Next().ToString(CultureInfo.InvariantCulture));

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private int HttpPort => int.Parse(_ports["3685"], CultureInfo.InvariantCulture);

    [Fact]
    [Plays(Topic)]
    public async Task DaprRun_Replayed_DoesWhatTheCliDoes()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The recorded app is a shell script.");
            return;
        }

        Assert.SkipWhen(SidecarProcess.IsDaprd, "The recorded commands are of the dapr CLI, which is another executable.");
        _folder.Write("c.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  tracing:\n    samplingRate: \"1\"\n");
        _folder.Write("res/none.txt", string.Empty);
        _folder.Write("app.sh", "#!/bin/sh\nexec sleep 20\n");
        _folder.Write("env.sh", "#!/bin/sh\nenv | sed 's/^/env: /'\n");
        _folder.Write("seven.sh", "#!/bin/sh\nexit 7\n");
        foreach (var script in new[] { "app.sh", "env.sh", "seven.sh" })
        {
            File.SetUnixFileMode(_folder.PathOf(script), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var found = new List<string>();
        foreach (var entry in Recording.Topic(Topic))
        {
            var observed = await ObserveAsync((string)entry["name"]!, entry);
            found.AddRange(Ledger.Compare(_differences, Topic, entry, recorded => observed.Compare(recorded, _comparison)));
        }

        found.AddRange(_differences.Unused(Topic));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task DaprRun_WhenTheSidecarCannotStart_DoesNotStartTheApp()
    {
        Assert.SkipWhen(SidecarProcess.IsDaprd, "The command is of the dapr CLI, which is another executable.");
        _folder.Write("app.sh", "touch started\n");
        await using var run = Launch(["run", "--app-id", "t1", "--dapr-http-port", _ports["3685"], "--config", "nowhere.yaml", "--", "sh", "app.sh"]);

        await run.WaitForExitAsync(Stopping);

        Assert.Equal(1, run.ExitCode);
        Assert.False(File.Exists(_folder.PathOf("started")));
    }

    public void Dispose() => _folder.Dispose();

    private Task<Observed> ObserveAsync(string name, JsonObject entry) => name switch
    {
        "dapr run: what it passes to daprd" => RunningAsync([.. ((string)entry["args"]!).Split(' ').Select(Actual)]),
        "dapr run: daprd is taken from" => WithoutDaprdAsync(),
        "dapr run without --config" => WithoutConfigAsync(),
        "dapr run: environment of the app" => EnvironmentAsync(),
        "dapr run: metadata that it puts" => MetadataAsync(),
        "dapr run: the app exits with 7" => ExitAsync(),
        "dapr run: output of a good start" => OutputAsync(),
        "h2c" => CleartextHttp2Async(),
        _ => throw new InvalidOperationException($"'{name}' is not replayed."),
    };

    private async Task<Observed> RunningAsync(string[] arguments)
    {
        await using var sidecar = Launch(arguments);
        Assert.True(await StartsAsync(sidecar), sidecar.Output);
        return new Observed();
    }

    private async Task<Observed> WithoutDaprdAsync()
    {
        await using var run = Launch([.. Run(), "--runtime-path", _folder.PathOf("no-daprd-here"), "--", "./app.sh"]);
        Assert.True(await StartsAsync(run), run.Output);
        await EndAsync(run);
        return new Observed { Values = { ["value"] = "none is taken" } };
    }

    private async Task<Observed> WithoutConfigAsync()
    {
        await using var run = Launch([.. Run(config: false), "--", "./app.sh"]);
        Assert.True(await StartsAsync(run), run.Output);
        await EndAsync(run);
        return new Observed { Output = Recorded(run.Output) };
    }

    private async Task<Observed> EnvironmentAsync()
    {
        await using var run = Launch([.. Run(), "--", "./env.sh"]);
        var output = await run.WaitForExitAsync(Stopping);
        var variables = Recorded(output).Split('\n')
            .Where(line => line.StartsWith("env: APP_", StringComparison.Ordinal) || line.StartsWith("env: DAPR_", StringComparison.Ordinal))
            .Select(line => line["env: ".Length..].Split('=', 2));
        return new Observed { Values = { ["env"] = new JsonObject(variables.Select(pair => KeyValuePair.Create(pair[0], (JsonNode?)pair[1]))) } };
    }

    private async Task<Observed> MetadataAsync()
    {
        await using var run = Launch([.. Run(), "--", "./app.sh"]);
        await Eventually.TrueAsync(() => run.Output.Contains("You're up and running!", StringComparison.Ordinal), "the app runs", Stopping);
        var extended = JsonNode.Parse((await RawClient.GetAsync(HttpPort, "/v1.0/metadata", Stopping)).Text)!["extended"]!.AsObject();
        Assert.Equal(run.Id, int.Parse((string)extended["cliPID"]!, CultureInfo.InvariantCulture));
        Assert.True(int.Parse((string)extended["appPID"]!, CultureInfo.InvariantCulture) > 0);
        extended["cliPID"] = "<pid>";
        extended["appPID"] = "<pid>";
        await EndAsync(run);
        return new Observed { Values = { ["extended"] = extended.DeepClone() } };
    }

    private async Task<Observed> ExitAsync()
    {
        await using var run = Launch([.. Run(), "--", "./seven.sh"]);
        var output = await run.WaitForExitAsync(Stopping);
        return new Observed { Values = { ["exit_code"] = run.ExitCode }, Output = Recorded(output) };
    }

    private async Task<Observed> OutputAsync()
    {
        await using var run = Launch([.. Run(), "--", "./app.sh"]);
        await Eventually.TrueAsync(() => run.Output.Contains("You're up and running!", StringComparison.Ordinal), "the app runs", Stopping);
        var output = Recorded(run.Output);
        await EndAsync(run);
        return new Observed { Output = output };
    }

    private async Task<Observed> CleartextHttp2Async()
    {
        await using var sidecar = Launch(Run()[1..]);
        await StartsAsync(sidecar);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{HttpPort}/v1.0/healthz"), Stopping);
        var upgrade = await RawClient.GetAsync(HttpPort, "/v1.0/healthz", Stopping, ("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAAQAAP__"));
        return new Observed
        {
            Values = { ["results"] = new JsonObject { ["prior knowledge"] = $"HTTP/{answer.Version.Major} {(int)answer.StatusCode}", ["upgrade"] = upgrade.Status == 101 ? "HTTP/2 204" : $"HTTP/1.1 {upgrade.Status}" } },
        };
    }

    /// <summary>An app that outlived its sidecar would hold the test's end of its output.</summary>
    private static async Task EndAsync(SidecarProcess run)
    {
        run.Signal(15);
        await run.WaitForExitAsync(Stopping);
        Assert.True(run.ExitCode == 0, run.Output);
    }

    private async Task<bool> StartsAsync(SidecarProcess sidecar)
    {
        await Eventually.TrueAsync(() => sidecar.HasExited || sidecar.Output.Contains("dapr initialized. Status: Running", StringComparison.Ordinal), "it starts or ends", Stopping);
        return !sidecar.HasExited && (await RawClient.GetAsync(HttpPort, "/v1.0/healthz", Stopping)).Status == 204;
    }

    private SidecarProcess Launch(string[] arguments) => SidecarProcess.LaunchExactly(arguments, HttpPort, workingDirectory: _folder.PathOf("."));

    private string[] Run(bool config = true) =>
    [
        "run", "--app-id", "t1", "--dapr-http-port", _ports["3685"], "--dapr-grpc-port", _ports["24685"], "--dapr-internal-grpc-port", _ports["25685"],
        "--metrics-port", _ports["9505"], "--resources-path", "res", "--placement-host-address", "", "--scheduler-host-address", "",
        .. config ? ["--config", "c.yaml"] : Array.Empty<string>(),
    ];

    /// <summary>This run's output with the recorded ports, and no process numbers.</summary>
    private string Recorded(string text)
        => AppProcess().Replace(_ports.Aggregate(text, (result, port) => result.Replace(port.Value, port.Key, StringComparison.Ordinal)), "appPID: <pid>");

    [GeneratedRegex(@"appPID: \d+")]
    private static partial Regex AppProcess();

    private string Actual(string text) => _ports.Aggregate(text, (result, port) => result.Replace(port.Key, port.Value, StringComparison.Ordinal));
}
