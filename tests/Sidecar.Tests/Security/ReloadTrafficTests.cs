using System.Globalization;
using Grpc.Core;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>Calls that go on while resources are read again.</summary>
public sealed class ReloadTrafficTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reload_LetsNoCallPassWithoutItsToken_AndLosesNone()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = new TemporaryFolder();
        ProtectedResources.WriteBearer(folder, provider);
        ProtectedResources.WriteConfiguration(folder, ("appHttpPipeline", ProtectedResources.Bearer));
        await using var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")], Stopping);
        await sidecar.WaitForReadyAsync(Stopping);
        using var client = new DaprClient(sidecar);
        var token = provider.Key.Sign(provider.Claims());
        var isOver = false;

        async Task<int[]> CallAsync(params (string Name, string Value)[] headers)
        {
            var statuses = new List<int>();
            while (!Volatile.Read(ref isOver))
            {
                statuses.Add((await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/app/method/x", Stopping, headers)).Status);
            }

            return [.. statuses.Distinct()];
        }

        async Task<StatusCode[]> CallOverGrpcAsync()
        {
            var statuses = new List<StatusCode>();
            while (!Volatile.Read(ref isOver))
            {
                statuses.Add((await DaprClient.RefusedAsync(client.Api.InvokeServiceAsync(DaprClient.Request("app", "x"), cancellationToken: Stopping))).StatusCode);
            }

            return [.. statuses.Distinct()];
        }

        var (good, bad, overGrpc) = (CallAsync(("Authorization", "Bearer " + token)), CallAsync(), CallOverGrpcAsync());
        for (var round = 1; round <= 3; round++)
        {
            var wanted = round;
            ProtectedResources.WriteBearer(folder, provider);
            await Eventually.TrueAsync(() => sidecar.Output.Split("Resources reloaded").Length > wanted, "the resources are read again", Stopping);
        }

        Volatile.Write(ref isOver, true);

        Assert.Equal(200, Assert.Single(await good));
        Assert.Equal(401, Assert.Single(await bad));
        Assert.Equal(StatusCode.Unauthenticated, Assert.Single(await overGrpc));
    }
}
