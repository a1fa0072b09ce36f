using System.Globalization;
using System.Text;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Tests.Rig;
using Microsoft.AspNetCore.Http;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>A web page whose name was made to lead to loopback cannot call the sidecar.</summary>
public sealed class HostGateTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_OnLoopback_IsRefusedUnlessItIsLoopbackOrAllowed()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--allowed-origins", "http://a.example:8000,http://*.b.example"], Stopping);

        foreach (var host in new[] { "localhost", "LOCALHOST:1", "127.0.0.1:3500", "127.0.0.2", "[::1]", "[::1]:3500", "a.example", "x.b.example:80" })
        {
            Assert.Equal((host, 200), (host, await StatusAsync(sidecar, "GET /v1.0/metadata HTTP/1.1", host)));
        }

        foreach (var host in new[] { "evil.example", "evil.example:3500", "localhost.evil.example", "localhost.", "127.0.0.1.evil.example", "192.168.0.1", "a.example.evil.example", "b.example.org" })
        {
            Assert.Equal((host, 403), (host, await StatusAsync(sidecar, "GET /v1.0/metadata HTTP/1.1", host)));
            Assert.Equal((host, 403), (host, await StatusAsync(sidecar, "GET /v1.0/healthz HTTP/1.1", host)));
            Assert.Equal((host, 403), (host, await StatusAsync(sidecar, "OPTIONS * HTTP/1.1", host)));
        }
    }

    [Fact]
    public async Task Host_ThatIsMissing_PassesWithHttp10()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);

        Assert.Equal(200, await StatusAsync(sidecar, "GET /v1.0/metadata HTTP/1.0", null));
        Assert.Equal(403, await StatusAsync(sidecar, "GET /v1.0/metadata HTTP/1.0", "evil.example"));
    }

    [Fact]
    public async Task Host_WhenAnyOriginIsAllowed_IsStillRefused()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--allowed-origins", "*"], Stopping);

        Assert.Equal(403, await StatusAsync(sidecar, "GET /v1.0/metadata HTTP/1.1", "evil.example"));
    }

    [Fact]
    public async Task Host_OffLoopback_IsNotLookedAt()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--dapr-listen-addresses", "0.0.0.0"], Stopping);

        Assert.Equal(200, await StatusAsync(sidecar, "GET /v1.0/metadata HTTP/1.1", "sidecar.example"));
    }

    /// <summary>Each port by the address that it listens on: health and metadata may be public while the API is not.</summary>
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", false, false)]
    [InlineData("127.0.0.1", "0.0.0.0", false, true)]
    [InlineData("0.0.0.0", "127.0.0.1", true, false)]
    public void Host_OnThePublicAndGrpcPorts_IsJudgedByTheirAddress(string api, string @public, bool admittedByApi, bool admittedByPublic)
    {
        var options = new SidecarOptions { AppId = "app", HttpPort = 3500, GrpcPort = 50001, PublicPort = 3501, ListenAddresses = [api], PublicListenAddress = @public };
        var gate = new HostGate(options);

        Assert.Equal((admittedByApi, admittedByApi, admittedByPublic), (Admits(gate, 3500, "evil.example"), Admits(gate, 50001, "evil.example"), Admits(gate, 3501, "evil.example")));
        Assert.All(new[] { 3500, 50001, 3501 }, port => Assert.True(Admits(gate, port, "localhost:1")));
    }

    [Fact]
    public async Task Host_OnARunningPublicPort_IsRefusedUnlessItIsLoopback()
    {
        var port = FreePort.Next();
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--dapr-public-port", port.ToString(CultureInfo.InvariantCulture)], Stopping);

        Assert.Equal(403, (await RawClient.SendAsync(port, "GET /v1.0/metadata HTTP/1.1\r\nHost: evil.example\r\n\r\n"u8.ToArray(), isHead: false, Stopping)).Status);
        Assert.Equal(200, (await RawClient.GetAsync(port, "/v1.0/metadata", Stopping)).Status);
    }

    private static bool Admits(HostGate gate, int port, string host)
    {
        var http = new DefaultHttpContext();
        http.Connection.LocalPort = port;
        http.Request.Host = new HostString(host);
        return gate.Admits(http);
    }

    private static async Task<int> StatusAsync(SidecarProcess sidecar, string line, string? host)
        => (await RawClient.SendAsync(sidecar.HttpPort, Encoding.ASCII.GetBytes($"{line}\r\n{(host is null ? string.Empty : $"Host: {host}\r\n")}\r\n"), isHead: false, Stopping)).Status;
}
