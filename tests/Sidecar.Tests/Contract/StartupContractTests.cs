using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The starts that daprd was tried with: same exit code, or running as well.</summary>
[Trait("Category", "Contract")]
public sealed class StartupContractTests
{
    /// <summary>Ports of the recorded command lines.</summary>
    private static readonly string[] _ports = ["3650", "27650", "28650", "9470", "8080", "5600"];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Starts_Replayed_EndAsDaprdsDo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var differences = Differences.Load();
        var found = new List<string>();
        var replayed = 0;
        foreach (var entry in Recording.Topic("startup").Where(entry => entry["args"] is not null))
        {
            var name = (string)entry["name"]!;
            found.AddRange(differences.Unexplained("startup", name, await StartAsync(entry, ((IPEndPoint)taken.LocalEndpoint).Port)));
            replayed++;
        }

        found.AddRange(differences.Unused("startup"));
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Equal(20, replayed);
    }

    [Fact]
    public async Task Metrics_OfTheRecording_HaveTheSameNames()
    {
        await using var rig = new ContractRig();
        var sidecar = await rig.UseAsync("plain", Stopping);
        var entry = Recording.Topic("health-metadata").Single(entry => (string)entry["name"]! == "metric names on the metrics port");
        await sidecar!.WaitForReadyAsync(Stopping);
        await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"));
        string[] expected = [.. entry["names"]!.AsArray().Select(name => (string)name!).Where(name => !IsOfComponents(name))];

        var came = Array.Empty<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                var text = (await RawClient.GetAsync(sidecar.MetricsPort, "/", Stopping)).Text;
                came = [.. text.Split('\n').Where(line => line.StartsWith("dapr_", StringComparison.Ordinal)).Select(line => line[..line.IndexOfAny(['{', ' '])]).Distinct()];
                return expected.Except(came).All(name => name.StartsWith("dapr_runtime_component", StringComparison.Ordinal));
            },
            $"the metrics are those of the recording, without {string.Join(' ', expected.Except(came))}",
            Stopping);

        Assert.Empty(came.Where(name => name.StartsWith("dapr_http", StringComparison.Ordinal)).Except(expected));
    }

    /// <summary>Bindings are not here, and nothing asks for a secret: <c>ComponentMetricsTests</c> does.</summary>
    private static bool IsOfComponents(string name) => name.StartsWith("dapr_component_", StringComparison.Ordinal);

    private static async Task<IEnumerable<(string What, string Detail)>> StartAsync(JsonObject entry, int takenPort)
    {
        var actual = _ports.ToDictionary(port => port, port => (port == "8080" ? takenPort : FreePort.Next()).ToString(CultureInfo.InvariantCulture));
        var none = Path.Combine(Recording.Folder, "config", "plain");
        string[] arguments = [.. entry["args"]!.AsArray().Select(argument => actual.GetValueOrDefault((string)argument!) ?? (string)argument!)];
        await using var sidecar = SidecarProcess.LaunchExactly(arguments, int.Parse(actual["3650"], CultureInfo.InvariantCulture), workingDirectory: none);
        await Eventually.TrueAsync(() => sidecar.HasExited || sidecar.Output.Contains("dapr initialized. Status: Running", StringComparison.Ordinal), $"'{entry["name"]}' starts or ends", Stopping);
        var exit = sidecar.HasExited ? $"exit {sidecar.ExitCode}" : "running";
        var recorded = (bool)entry["running"]! ? "running" : $"exit {entry["exit_code"]}";
        return exit == recorded ? [] : [("start", $"recorded {recorded}, came {exit}: {sidecar.Output}")];
    }
}
