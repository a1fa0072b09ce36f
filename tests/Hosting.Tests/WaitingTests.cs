using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Tests;

public sealed class WaitingTests
{
    [Fact]
    public async Task WaitFor_DependencyIsUnhealthy_WaitsUntilItIsHealthy()
    {
        var health = HealthCheckResult.Unhealthy("not yet");
        await using var builder = TestApp.Create();
        builder.Services.AddHealthChecks().AddCheck("gate", () => health);
        var dependency = builder.AddShell("dependency", "exec sleep 600").WithHealthCheck("gate");
        builder.AddShell("one", "exec sleep 600").WaitFor(dependency);
        await using var app = await builder.StartAsync();

        var waiting = await app.ResourceNotifications.WaitForResourceAsync(
            "dependency",
            e => e.Snapshot.HealthReports.Any(r => r.Description == "not yet"),
            TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Unhealthy, waiting.Snapshot.HealthStatus);
        await app.WaitForAsync("one", KnownResourceStates.Waiting);

        health = HealthCheckResult.Healthy();

        await app.WaitForAsync("one", KnownResourceStates.Running);
        var healthy = await app.ResourceNotifications.WaitForResourceHealthyAsync("dependency", TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Healthy, healthy.Snapshot.HealthStatus);
    }

    [Fact]
    public async Task WaitForCompletion_ExpectedExitCode_Starts()
    {
        await using var builder = TestApp.Create();
        var job = builder.AddShell("job", "exit 3");
        builder.AddShell("one", "exec sleep 600").WaitForCompletion(job, exitCode: 3);
        await using var app = await builder.StartAsync();

        await app.WaitForAsync("one", KnownResourceStates.Running);

        Assert.Equal(3, (await app.WaitForAsync("job", KnownResourceStates.Finished)).Snapshot.ExitCode);
    }

    [Fact]
    public async Task WaitForCompletion_OtherExitCode_FailsAndSaysWhy()
    {
        await using var builder = TestApp.Create();
        var job = builder.AddShell("job", "exit 1");
        builder.AddShell("one", "exec sleep 600").WaitForCompletion(job);
        await using var app = await builder.StartAsync();

        await app.WaitForAsync("one", KnownResourceStates.FailedToStart);

        Assert.Contains("'job', which is Finished (exit code 1)", await app.WaitForLogAsync("one", "could not be started"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitForHealthy_ResourceEnds_ThrowsInATest()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "exit 9");
        await using var app = await builder.StartAsync();
        await app.WaitForAsync("one", KnownResourceStates.Finished);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("one", TestContext.Current.CancellationToken));

        Assert.Contains("Finished (exit code 9)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitFor_Itself_IsRefused()
    {
        await using var builder = TestApp.Create();
        var one = builder.AddShell("one", "true");

        Assert.Throws<DistributedApplicationException>(() => one.WaitFor(one));
    }

    [Fact]
    public async Task HealthCheck_NotRegistered_IsUnhealthyAndSaysSo()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "exec sleep 600").WithHealthCheck("nobody");
        await using var app = await builder.StartAsync();

        var change = await app.ResourceNotifications.WaitForResourceAsync(
            "one", e => e.Snapshot.HealthReports.Any(r => r.Status == HealthStatus.Unhealthy), TestContext.Current.CancellationToken);

        Assert.Equal("no health check of this name is registered", change.Snapshot.HealthReports[0].Description);
    }

    [Fact]
    public async Task Events_OfAResource_ComeInOrder()
    {
        List<string> events = [];
        await using var builder = TestApp.Create();
        builder.OnBeforeStart((_, _) => Add("before start"));
        builder.AddShell("one", "exec sleep 600").WithHttpEndpoint()
            .OnInitializeResource((_, _, _) => Add("initialize"))
            .OnResourceEndpointsAllocated((r, _, _) => Add($"allocated {r.GetEndpoint("http").IsAllocated}"))
            .OnBeforeResourceStarted((_, _, _) => Add("before resource"))
            .OnResourceReady((_, _, _) => Add("ready"))
            .OnResourceStopped((_, e, _) => Add($"stopped {e.ResourceEvent.Snapshot.State?.Text}"));
        await using (var app = await builder.StartAsync())
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync("one", TestContext.Current.CancellationToken);
            await app.StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(["before start", "initialize", "allocated True", "before resource", "ready", "stopped Exited"], events);

        Task Add(string name)
        {
            events.Add(name);
            return Task.CompletedTask;
        }
    }
}
