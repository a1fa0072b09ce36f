using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Aspire.Hosting.Testing;
using CommunityToolkit.Aspire.Hosting.Dapr;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Tests;

public sealed class SidecarTests
{
    [Fact]
    public async Task Arguments_AsTheToolkitWritesThem()
    {
        await using var builder = Create();
        var app = builder.AddShell("api", "exec sleep 600").WithHttpEndpoint().WithDaprSidecar(new DaprSidecarOptions
        {
            AppId = "api-a",
            Config = "config.yaml",
            ResourcesPaths = ImmutableHashSet.Create("resources"),
            PlacementHostAddress = "",
        });
        await using var running = await builder.StartAsync();

        var sidecar = Sidecar(running, "api");
        var arguments = (await running.PlanAsync(sidecar)).Arguments;

        Assert.Equal(
            [
                "run",
                "--app-id", "api-a",
                "--config", Path.Combine(builder.AppHostDirectory, "config.yaml"),
                "--placement-host-address", "",
                "--resources-path", Path.Combine(builder.AppHostDirectory, "resources"),
                "--app-port", $"{app.GetEndpoint("http").Port}",
                "--dapr-grpc-port", $"{sidecar.GetEndpoint("grpc").Port}",
                "--dapr-http-port", $"{sidecar.GetEndpoint("http").Port}",
                "--metrics-port", $"{sidecar.GetEndpoint("metrics").Port}",
                "--app-channel-address", "localhost",
                "--app-protocol", "http",
            ],
            arguments);
    }

    [Fact]
    public async Task App_LearnsWhereItsSidecarIs_AndItsOwnValuesWin()
    {
        await using var builder = Create();
        var app = builder.AddShell("api", "exec sleep 600").WithDaprSidecar("api").WithEnvironment("DAPR_GRPC_PORT", "1");
        await using var running = await builder.StartAsync();

        var variables = (await running.PlanAsync(app.Resource)).Environment;

        var http = Sidecar(running, "api").GetEndpoint("http");
        Assert.Equal($"{http.Port}", variables["DAPR_HTTP_PORT"]);
        Assert.Equal(http.Url, variables["DAPR_HTTP_ENDPOINT"]);
        Assert.StartsWith("http://localhost:", variables["DAPR_GRPC_ENDPOINT"], StringComparison.Ordinal);
        Assert.Equal("1", variables["DAPR_GRPC_PORT"]);
    }

    [Fact]
    public async Task Sidecar_FixedPorts_AreKept()
    {
        var port = FreePort.Next();
        await using var builder = Create("--DcpPublisher:RandomizePorts=false");
        builder.AddShell("api", "exec sleep 600").WithDaprSidecar(new DaprSidecarOptions { DaprHttpPort = port });
        await using var running = await builder.StartAsync();

        Assert.Equal(port, Sidecar(running, "api").GetEndpoint("http").Port);
    }

    [Fact]
    public async Task Sidecar_EnvironmentAndWaits_AreThoseOfSidecarAndApp()
    {
        await using var builder = Create();
        var dependency = builder.AddShell("dependency", "exec sleep 600");
        var app = builder.AddShell("api", "exec sleep 600")
            .WaitFor(dependency)
            .WithDaprSidecar(sidecar => sidecar
                .WithOptions(new DaprSidecarOptions { LogLevel = "debug" })
                .WithAnnotation(new EnvironmentCallbackAnnotation("SECRET", () => "value")));
        await using var running = await builder.StartAsync();

        var sidecar = Sidecar(running, "api");

        Assert.Equal("value", (await running.PlanAsync(sidecar)).Environment["SECRET"]);
        Assert.Equal([dependency.Resource], sidecar.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource));
        Assert.Equal(app.Resource, ResourceRelationships.ParentOf(sidecar));
    }

    [Fact]
    public async Task Sidecar_SubscriberAfterAddDapr_CanChangeTheExecutable()
    {
        await using var builder = Create();
        builder.Services.TryAddEventingSubscriber<AddsHealthCheck>();
        builder.Services.AddHealthChecks().AddCheck("proof", () => Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Healthy("proven"));
        builder.AddShell("api", "exec sleep 600").WithDaprSidecar("api");
        await using var running = await builder.StartAsync();

        var healthy = await running.ResourceNotifications.WaitForResourceHealthyAsync("api-dapr-cli", TestContext.Current.CancellationToken);

        Assert.Equal("proven", Assert.Single(healthy.Snapshot.HealthReports).Description);
    }

    [Fact]
    public async Task Sidecar_WithACommand_PutsItLast()
    {
        await using var builder = Create();
        builder.AddShell("api", "exec sleep 600").WithDaprSidecar(new DaprSidecarOptions { Command = ["program", "--flag"] });
        await using var running = await builder.StartAsync();

        var arguments = (await running.PlanAsync(Sidecar(running, "api"))).Arguments;

        Assert.Equal(["--", "program", "--flag"], arguments.TakeLast(3));
    }

    // The sidecar's program here takes every argument and stays.
    private static IDistributedApplicationTestingBuilder Create(params string[] args)
    {
        var builder = TestApp.Create(args);
        builder.AddDapr(options => options.DaprPath = Path.Combine(AppContext.BaseDirectory, "Fixtures", "sidecar.sh"));
        return builder;
    }

    private static ExecutableResource Sidecar(DistributedApplication app, string name)
        => (ExecutableResource)app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(r => r.Name == $"{name}-dapr-cli");

    private sealed class AddsHealthCheck : IDistributedApplicationEventingSubscriber
    {
        public Task SubscribeAsync(IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
        {
            eventing.Subscribe<BeforeStartEvent>((e, _) =>
            {
                e.Model.Resources.Single(r => r.Name == "api-dapr-cli").Annotations.Add(new HealthCheckAnnotation("proof"));
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        }
    }
}
