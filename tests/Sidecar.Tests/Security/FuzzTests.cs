using System.Text;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Resiliency;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Contract;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>Broken resources and broken requests: an error or a normal answer, never a crash, a hang, or a pass without a login.</summary>
public sealed class FuzzTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public void Yaml_MutatedAnyhow_IsRefusedOrStillAsksForTheLogin()
    {
        using var folder = new TemporaryFolder();
        var good = Path.Combine(Recording.Folder, "config", "fail-open", "good");
        var resources = File.ReadAllText(Path.Combine(good, "resources", "resources.yaml"));
        var config = File.ReadAllText(Path.Combine(good, "config.yaml"));
        var resiliency = File.ReadAllText(Path.Combine(Recording.Folder, "config", "resiliency", "resources", "resiliency.yaml"));
        var random = new Random(20261124);
        var loaded = 0;
        for (var round = 0; round < LongRun.Or(10_000, 1_000); round++)
        {
            Stopping.ThrowIfCancellationRequested();
            folder.Write("resources/resources.yaml", round % 3 == 0 ? Mutate(resources, random) : resources);
            folder.Write("resources/resiliency.yaml", round % 3 == 1 ? Mutate(resiliency, random) : resiliency);
            var configPath = folder.Write("config.yaml", round % 3 == 2 ? Mutate(config, random) : config);
            var options = new SidecarOptions { AppId = "app", ConfigPaths = [configPath], ResourcesPaths = [folder.PathOf("resources")] };

            var findings = new ResourceCheck(options, PreflightTarget.Embedded, _ => null).Run();

            if (findings.All(finding => finding.Severity != Severity.Error))
            {
                loaded++;
                var set = ResourceLoader.Load(options);
                var configuration = set.Configuration;
                _ = set.Policies.For("app")?.CircuitBreaker?.Trip.IsMet(new CircuitCounts(1, 0, 1, 0, 1));
                Assert.NotEmpty(configuration.HttpPipeline.Concat(configuration.AppHttpPipeline));
            }
        }

        Assert.True(loaded > 0, "the mutations leave some files whole");
    }

    [Fact]
    public async Task Request_MutatedAnyhow_NeverReachesTheAppWithoutALogin()
    {
        await using var rig = await LoginRig.StartAsync(pathFilter: null);
        rig.App.TakeRequests();
        var random = new Random(20261124);
        string[] seeds =
        [
            "GET /mcp?x=1 HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nCookie: gosessionsid=x\r\n\r\n",
            "POST /v1.0/invoke/app/method/mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nAuthorization: Bearer x\r\n\r\n{}",
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "GET /mcp?state=a&code=b HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ZGFwci1hcHAtaWQ6YXBw\r\n\r\n",
        ];

        for (var round = 0; round < LongRun.Or(10_000, 400); round++)
        {
            await Broken.SendAsync(rig.Sidecar.HttpPort, Encoding.Latin1.GetBytes(Mutate(seeds[round % seeds.Length], random)), Stopping);
        }

        Assert.False(rig.Sidecar.HasExited);
        Assert.Equal(302, (await rig.GetAsync("/mcp", null)).Status);
        Assert.Empty(rig.App.Requests);
    }

    private static string Mutate(string text, Random random) => Broken.Mutate(text, random, "\t:{[&*%\r\n\"", OtherCase, (builder, _) => SwapLines(builder, random));

    private static void OtherCase(StringBuilder builder, int at)
        => builder[at] = char.IsUpper(builder[at]) ? char.ToLowerInvariant(builder[at]) : char.ToUpperInvariant(builder[at]);

    private static void SwapLines(StringBuilder builder, Random random)
    {
        var lines = builder.ToString().Split('\n');
        var line = random.Next(lines.Length);
        (lines[line], lines[0]) = (lines[0], lines[line]);
        builder.Clear().Append(string.Join('\n', lines));
    }
}
