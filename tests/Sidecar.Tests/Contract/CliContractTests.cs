using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What was seen of <c>dapr run</c>, seen again with this executable in its place.</summary>
[Trait("Category", "Contract")]
public sealed class CliContractTests : IDisposable
{
    private const string Topic = "cli";

    private readonly TemporaryFolder _folder = new();
    private readonly Differences _differences = Differences.Load();
    private readonly List<string> _found = [];
    private readonly Dictionary<string, string> _ports = new[] { "3685", "24685", "25685", "9505" }.ToDictionary(port => port, _ => FreePort.Next().ToString(CultureInfo.InvariantCulture));

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private int HttpPort => int.Parse(_ports["3685"], CultureInfo.InvariantCulture);

    [Fact]
    public async Task DaprRun_Replayed_DoesWhatTheCliDoes()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The recorded app is a shell script.");
            return;
        }

        _folder.Write("c.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  tracing:\n    samplingRate: \"1\"\n");
        _folder.Write("res/none.txt", string.Empty);
        _folder.Write("app.sh", "#!/bin/sh\nexec sleep 20\n");
        _folder.Write("env.sh", "#!/bin/sh\nenv | sed 's/^/env: /'\n");
        _folder.Write("seven.sh", "#!/bin/sh\nexit 7\n");
        foreach (var script in new[] { "app.sh", "env.sh", "seven.sh" })
        {
            File.SetUnixFileMode(_folder.PathOf(script), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var entries = Recording.Topic(Topic);
        foreach (var entry in entries)
        {
            var name = (string)entry["name"]!;
            List<(string What, string Detail)> mismatches = [];
            await foreach (var mismatch in CompareAsync(name, entry))
            {
                mismatches.Add(mismatch);
            }

            _found.AddRange(_differences.Unexplained(Topic, name, mismatches));
        }

        _found.AddRange(_differences.Unused(Topic));
        Assert.True(_found.Count == 0, string.Join('\n', _found));
        Assert.Equal(8, entries.Count);
    }

    [Fact]
    public async Task DaprRun_WhenTheSidecarCannotStart_DoesNotStartTheApp()
    {
        _folder.Write("app.sh", "touch started\n");
        await using var run = Launch(["run", "--app-id", "t1", "--dapr-http-port", _ports["3685"], "--config", "nowhere.yaml", "--", "sh", "app.sh"]);

        await run.WaitForExitAsync(Stopping);

        Assert.Equal(1, run.ExitCode);
        Assert.False(File.Exists(_folder.PathOf("started")));
    }

    public void Dispose() => _folder.Dispose();

    private IAsyncEnumerable<(string What, string Detail)> CompareAsync(string name, JsonObject entry) => name switch
    {
        "dapr run: what it passes to daprd" => RunningAsync([.. ((string)entry["args"]!).Split(' ').Select(Actual)]),
        "dapr run: daprd is taken from" => WithoutDaprdAsync(),
        "dapr run without --config" => WithoutConfigAsync(),
        "dapr run: environment of the app" => EnvironmentAsync(entry["env"]!.AsObject()),
        "dapr run: metadata that it puts" => MetadataAsync(entry["extended"]!.AsObject()),
        "dapr run: the app exits with 7" => ExitAsync(entry),
        "dapr run: output of a good start" => OutputAsync(entry["output"]!.AsArray()),
        "h2c" => CleartextHttp2Async(),
        _ => throw new InvalidOperationException($"'{name}' is not replayed."),
    };

    private async IAsyncEnumerable<(string What, string Detail)> RunningAsync(string[] arguments)
    {
        await using var sidecar = Launch(arguments);
        if (!await StartsAsync(sidecar))
        {
            yield return ("start", sidecar.Output);
        }
    }

    private async IAsyncEnumerable<(string What, string Detail)> WithoutDaprdAsync()
    {
        await using var run = Launch([.. Run(), "--runtime-path", _folder.PathOf("no-daprd-here"), "--", "./app.sh"]);
        if (await StartsAsync(run))
        {
            yield return ("daprd", "none is taken");
        }

        await EndAsync(run);
    }

    private async IAsyncEnumerable<(string What, string Detail)> WithoutConfigAsync()
    {
        await using var run = Launch([.. Run(config: false), "--", "./app.sh"]);
        if (await StartsAsync(run))
        {
            yield return ("start", "recorded: the app without a sidecar, came: both");
        }

        await EndAsync(run);
    }

    private async IAsyncEnumerable<(string What, string Detail)> EnvironmentAsync(JsonObject recorded)
    {
        await using var run = Launch([.. Run(), "--", "./env.sh"]);
        var output = await run.WaitForExitAsync(Stopping);
        var came = output.Split('\n').Where(line => line.StartsWith("env: APP_", StringComparison.Ordinal) || line.StartsWith("env: DAPR_", StringComparison.Ordinal)).Select(line => line["env: ".Length..]).Order(StringComparer.Ordinal);
        var expected = recorded.Select(pair => $"{pair.Key}={Actual((string)pair.Value!)}").Order(StringComparer.Ordinal);
        if (string.Join(' ', came) != string.Join(' ', expected))
        {
            yield return ("env", $"recorded {string.Join(' ', expected)}, came {string.Join(' ', came)}");
        }
    }

    private async IAsyncEnumerable<(string What, string Detail)> MetadataAsync(JsonObject recorded)
    {
        await using var run = Launch([.. Run(), "--", "./app.sh"]);
        await Eventually.TrueAsync(() => run.Output.Contains("You're up and running!", StringComparison.Ordinal), "the app runs", Stopping);
        var extended = JsonNode.Parse((await RawClient.GetAsync(HttpPort, "/v1.0/metadata", Stopping)).Text)!["extended"]!.AsObject();
        Assert.Equal(run.Id, int.Parse((string)extended["cliPID"]!, CultureInfo.InvariantCulture));
        Assert.True(int.Parse((string)extended["appPID"]!, CultureInfo.InvariantCulture) > 0);
        extended["cliPID"] = "<pid>";
        extended["appPID"] = "<pid>";
        if (!JsonNode.DeepEquals(recorded, extended))
        {
            yield return ("extended", $"recorded {recorded.ToJsonString()}, came {extended.ToJsonString()}");
        }

        await EndAsync(run);
    }

    private async IAsyncEnumerable<(string What, string Detail)> ExitAsync(JsonObject entry)
    {
        await using var run = Launch([.. Run(), "--", "./seven.sh"]);
        var output = await run.WaitForExitAsync(Stopping);
        if ((int)entry["exit_code"]! != run.ExitCode)
        {
            yield return ("exit code", $"recorded {entry["exit_code"]}, came {run.ExitCode}");
        }

        foreach (var missing in Missing(entry["output"]!.AsArray(), output))
        {
            yield return ("output", missing);
        }
    }

    private async IAsyncEnumerable<(string What, string Detail)> OutputAsync(JsonArray recorded)
    {
        await using var run = Launch([.. Run(), "--", "./app.sh"]);
        await Eventually.TrueAsync(() => run.Output.Contains("You're up and running!", StringComparison.Ordinal), "the app runs", Stopping);
        foreach (var missing in Missing(recorded, run.Output))
        {
            yield return ("output", missing);
        }

        await EndAsync(run);
    }

    private async IAsyncEnumerable<(string What, string Detail)> CleartextHttp2Async()
    {
        await using var sidecar = Launch(Run()[1..]);
        await StartsAsync(sidecar);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{HttpPort}/v1.0/healthz"), Stopping);
        if (answer.StatusCode != HttpStatusCode.NoContent || answer.Version != HttpVersion.Version20)
        {
            yield return ("prior knowledge", $"{answer.Version} {answer.StatusCode}");
        }

        var upgrade = await RawClient.GetAsync(HttpPort, "/v1.0/healthz", Stopping, ("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAAQAAP__"));
        if (upgrade.Status != 101)
        {
            yield return ("upgrade", $"HTTP/1.1 {upgrade.Status}");
        }
    }

    /// <summary>Recorded lines that did not come; a process number stands for any, a remark in brackets for nothing.</summary>
    private IEnumerable<string> Missing(JsonArray recorded, string output)
        => recorded.Select(line => Actual((string)line!).Replace("<pid>", string.Empty, StringComparison.Ordinal)).Where(line => !line.StartsWith('(') && !output.Contains(line, StringComparison.Ordinal));

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

    private string Actual(string text) => _ports.Aggregate(text, (result, port) => result.Replace(port.Key, port.Value, StringComparison.Ordinal));
}
