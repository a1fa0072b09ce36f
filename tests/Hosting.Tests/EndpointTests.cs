using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Tests;

public sealed class EndpointTests
{
    [Fact]
    public async Task Allocate_NoPortGiven_GivesDifferentFreePorts()
    {
        await using var builder = TestApp.Create();
        var one = builder.AddShell("one", "true").WithHttpEndpoint().WithHttpEndpoint(name: "second");
        var other = builder.AddShell("other", "true").WithHttpEndpoint();

        await using var app = await AllocateAsync(builder);

        int[] ports = [one.GetEndpoint("http").Port, one.GetEndpoint("second").Port, other.GetEndpoint("http").Port];
        Assert.Equal(3, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 20000, 32000));
    }

    [Fact]
    public async Task Allocate_RandomizePortsOff_KeepsTheFixedPort()
    {
        var port = FreePort.Next();
        await using var builder = TestApp.Create("--DcpPublisher:RandomizePorts=false");
        var resource = builder.AddShell("one", "true").WithHttpEndpoint(port);

        await using var app = await AllocateAsync(builder);

        Assert.Equal($"http://localhost:{port}", resource.GetEndpoint("http").Url);
    }

    [Fact]
    public async Task Allocate_InATest_RandomizesProxiedPortsOnly()
    {
        var (proxied, direct) = (FreePort.Next(), FreePort.Next());
        await using var builder = TestApp.Create();
        var resource = builder.AddShell("one", "true")
            .WithHttpEndpoint(proxied, name: "proxied")
            .WithHttpEndpoint(direct, name: "direct", isProxied: false);

        await using var app = await AllocateAsync(builder);

        Assert.NotEqual(proxied, resource.GetEndpoint("proxied").Port);
        Assert.Equal(direct, resource.GetEndpoint("direct").Port);
    }

    [Fact]
    public async Task Allocate_FixedPortIsTaken_SaysWhose()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var builder = TestApp.Create();
        builder.AddShell("one", "true").WithHttpEndpoint(port, isProxied: false);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => AllocateAsync(builder));

        Assert.Equal($"Port {port} of one (http) is taken by another program: end that program, or choose another port.", error.Message);
    }

    [Fact]
    public async Task Allocate_SamePortTwice_NamesBoth()
    {
        var port = FreePort.Next();
        await using var builder = TestApp.Create();
        builder.AddShell("one", "true").WithHttpEndpoint(port, isProxied: false);
        builder.AddShell("other", "true").WithHttpEndpoint(port, isProxied: false);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => AllocateAsync(builder));

        Assert.Contains("other (http)", error.Message, StringComparison.Ordinal);
        Assert.Contains("one (http)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Allocate_TwoPortsThatNeedAProxy_IsRefused()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "true").WithHttpEndpoint(20101, 20102, isProxied: false);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => AllocateAsync(builder));

        Assert.Contains("has no proxy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithHttpEndpoint_Env_TellsTheProcessItsPort()
    {
        await using var builder = TestApp.Create();
        var resource = builder.AddShell("one", "true").WithHttpEndpoint(env: "PORT");

        var spec = await builder.PlanAsync(resource.Resource);

        Assert.Equal(resource.GetEndpoint("http").Port.ToString(), spec.Environment["PORT"]);
    }

    [Fact]
    public async Task WithHttpEndpoint_SameNameTwice_IsRefused()
    {
        await using var builder = TestApp.Create();
        var resource = builder.AddShell("one", "true").WithHttpEndpoint();

        Assert.Throws<DistributedApplicationException>(() => resource.WithHttpEndpoint());
    }

    [Fact]
    public async Task GetEndpoint_BeforeStart_SaysThatThereIsNoPortYet()
    {
        await using var builder = TestApp.Create();
        var endpoint = builder.AddShell("one", "true").WithHttpEndpoint().GetEndpoint("http");

        Assert.False(endpoint.IsAllocated);
        Assert.Throws<InvalidOperationException>(() => endpoint.Port);
    }

    private static async Task<DistributedApplication> AllocateAsync(Testing.IDistributedApplicationTestingBuilder builder)
    {
        var app = await builder.BuildAsync(TestContext.Current.CancellationToken);
        app.Services.GetRequiredService<EndpointAllocation>().Allocate(app.Services.GetRequiredService<DistributedApplicationModel>().Resources);
        return app;
    }
}
