using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What happened to daprd's login when its files changed, done to this sidecar: it stays protected throughout.</summary>
[Trait("Category", "Contract")]
public sealed class HotReloadContractTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private const string Off = "HotReload off: ";

    /// <summary>It says different things of each change, or nothing.</summary>
    private static readonly TimeSpan _daprdNotices = TimeSpan.FromSeconds(3);

    [Fact]
    [Plays("hot-reload", Except = Off + ".*")]
    public Task Changes_Replayed_LeaveTheLoginInPlace() => ReplayAsync(string.Empty);

    [Fact]
    [Plays("hot-reload", Names = Off + ".*")]
    public Task Changes_ReplayedWithHotReloadOff_LeaveTheLoginInPlace() => ReplayAsync(Off);

    private static async Task ReplayAsync(string prefix)
    {
        await using var rig = new ContractRig();
        var files = new LoginFiles(rig.Folder("fail-open/good"), hotReload: prefix.Length == 0);
        await using var sidecar = await SidecarProcess.StartAsync(rig.Arguments("fail-open/good"), Stopping, rig.Ports[3600], rig.Environment("fail-open/good"), rig.Folder("fail-open/good"));
        var differences = Differences.Load();
        var found = new List<string>();
        var entries = Recording.Topic("hot-reload").Where(entry => ((string)entry["name"]!).StartsWith(Off, StringComparison.Ordinal) == prefix.Length > 0).ToArray();
        foreach (var entry in entries)
        {
            var name = (string)entry["name"]!;
            var seen = Notices(sidecar);
            files.Do(name[prefix.Length..], sidecar);
            if (SidecarProcess.IsDaprd)
            {
                await Task.Delay(_daprdNotices, Stopping);
            }
            else if (files.IsNoticed(name[prefix.Length..]))
            {
                await Eventually.TrueAsync(() => Notices(sidecar) > seen, $"'{name}' is noticed", Stopping);
            }

            var answer = sidecar.HasExited ? null : await RawClient.GetAsync(sidecar.HttpPort, "/", Stopping, ("dapr-app-id", "app"));
            Assert.True(SidecarProcess.IsDaprd || answer?.Status == 302, $"'{name}': {answer?.Status}");
            found.AddRange(Ledger.Compare(differences, "hot-reload", entry, recorded => Compare(recorded, answer, sidecar)));
        }

        found.AddRange(differences.Unused("hot-reload"));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static IEnumerable<(string What, string Detail)> Compare(JsonObject entry, RawResponse? answer, SidecarProcess sidecar)
    {
        if ((bool)entry["running"]! == sidecar.HasExited)
        {
            yield return ("running", $"recorded {entry["running"]}, came {!sidecar.HasExited}");
        }

        if ($"{entry["status"]}" != (answer is null ? "refused" : $"{answer.Status}"))
        {
            yield return ("status", $"recorded {entry["status"]}, came {answer?.Status}");
        }

        if ((bool)entry["protected"]! != (answer?.Status == 302))
        {
            yield return ("protected", $"recorded {entry["protected"]}, came {answer?.Status}");
        }
    }

    private static int Notices(SidecarProcess sidecar)
        => sidecar.Output.Split('\n').Count(line => line.Contains("Resources not reloaded", StringComparison.Ordinal) || line.Contains("Resources reloaded", StringComparison.Ordinal));

    private sealed class LoginFiles
    {
        private readonly string _component;
        private readonly string _config;
        private readonly string _good;
        private readonly bool _hotReload;

        public LoginFiles(string folder, bool hotReload)
        {
            _hotReload = hotReload;
            _config = Path.Combine(folder, "config.yaml");
            _component = Directory.EnumerateFiles(Path.Combine(folder, "resources")).Single(file => File.ReadAllText(file).Contains("middleware.http.oauth2", StringComparison.Ordinal));
            _good = File.ReadAllText(_component);
            if (!hotReload)
            {
                File.AppendAllText(_config, "\n  features:\n    - name: HotReload\n      enabled: false\n");
            }
        }

        public bool IsNoticed(string step) => step == "after SIGHUP" || (_hotReload && step != "start");

        public void Do(string step, SidecarProcess sidecar)
        {
            switch (step)
            {
                case "start":
                    break;
                case "component file deleted":
                    File.Delete(_component);
                    break;
                case "file saved with a YAML error":
                    File.WriteAllText(_component, _good + "\n  : [");
                    break;
                case "key mistyped":
                    File.WriteAllText(_component, _good.Replace("clientID", "clientIDs", StringComparison.Ordinal));
                    break;
                case "bad regex":
                    File.WriteAllText(_component, _good.TrimEnd() + "\n    - name: pathFilter\n      value: \"(\"\n");
                    break;
                case "handler mistyped in --config, no signal":
                    File.WriteAllText(_config, File.ReadAllText(_config).Replace("name: login", "name: logon", StringComparison.Ordinal));
                    break;
                case "after SIGHUP":
                    sidecar.Signal(1);
                    break;
                default:
                    File.WriteAllText(_component, _good);
                    break;
            }
        }
    }
}
