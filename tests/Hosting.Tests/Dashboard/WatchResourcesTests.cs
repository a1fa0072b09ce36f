using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Protocol;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Resource = Aspire.Hosting.Dashboard.Protocol.Resource;

namespace Aspire.Hosting.Dashboard.Tests;

public sealed class WatchResourcesTests
{
    private static readonly DateTime Created = new(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task WatchResources_ResourceKnownBefore_IsInTheInitialData()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        await service.Resources.Notifications.PublishUpdateAsync(TestResources.Executable("api"), _ => FullSnapshot());

        using var call = service.WatchResources();
        var resource = await FindAsync(call, _ => true);

        Assert.Equal("api", resource.Name);
        Assert.Equal("api", resource.DisplayName);
        Assert.Equal("Executable", resource.ResourceType);
        Assert.Equal("Running", resource.State);
        Assert.Equal("success", resource.StateStyle);
        Assert.Equal(Created, resource.CreatedAt.ToDateTime());
        Assert.Equal(Created.AddSeconds(1), resource.StartedAt.ToDateTime());
        Assert.Null(resource.StoppedAt);

        var url = Assert.Single(resource.Urls);
        Assert.Equal(("http", "http://localhost:5100"), (url.EndpointName, url.FullUrl));
        Assert.NotNull(url.DisplayProperties);

        var variable = Assert.Single(resource.Environment);
        Assert.Equal(("COLOUR", "blue", true), (variable.Name, variable.Value, variable.IsFromSpec));

        var report = Assert.Single(resource.HealthReports);
        Assert.Equal(("ready", Protocol.HealthStatus.Degraded, "slow"), (report.Key, report.Status, report.Description));

        Assert.Equal(42, Property(resource, "executable.pid").Value.NumberValue);
        Assert.Equal(["run", "--fast"], Property(resource, "executable.args").Value.ListValue.Values.Select(value => value.StringValue));
        Assert.All(resource.Properties, property => Assert.NotEqual(Value.KindOneofCase.None, property.Value.KindCase));
    }

    [Fact]
    public async Task WatchResources_ResourceWithNothingSet_HasTheMandatoryFields()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        await service.Resources.Notifications.PublishUpdateAsync(TestResources.Executable("bare"), _ => new CustomResourceSnapshot
        {
            ResourceType = "Executable",
            Properties = [new ResourcePropertySnapshot("executable.path", null)],
            Urls = [new UrlSnapshot(null, "http://localhost:1", IsInternal: false)],
        });

        using var call = service.WatchResources();
        var resource = await FindAsync(call, _ => true);

        Assert.NotNull(resource.CreatedAt);
        Assert.NotNull(Assert.Single(resource.Urls).DisplayProperties);
        Assert.Equal(Value.KindOneofCase.NullValue, Property(resource, "executable.path").Value.KindCase);
        Assert.False(resource.HasState);
    }

    [Fact]
    public async Task WatchResources_StateChanges_IsUpsertedUnderTheSameName()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        var api = TestResources.Executable("api");
        await service.Resources.Notifications.PublishUpdateAsync(api, _ => TestResources.Snapshot());
        using var call = service.WatchResources();
        await FindAsync(call, resource => resource.State == "Running");

        await service.Resources.Notifications.PublishUpdateAsync(api, before => before with { State = "Exited", ExitCode = 3, StopTimeStamp = Created });
        var stopped = await FindAsync(call, resource => resource.State == "Exited", isUpsert: true);

        Assert.Equal("api", stopped.Name);
        Assert.Equal(3, Property(stopped, "resource.exitCode").Value.NumberValue);
        Assert.Equal(Created, stopped.StoppedAt.ToDateTime());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WatchResources_ChildOfAResource_NamesItsParent(bool childFirst)
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        var parent = TestResources.Executable("api");
        var child = TestResources.Executable("api-dapr-cli");
        child.Annotations.Add(new ResourceRelationshipAnnotation(parent, "Parent"));
        foreach (var resource in childFirst ? [child, parent] : new[] { parent, child })
        {
            await service.Resources.Notifications.PublishUpdateAsync(resource, before => before with { ResourceType = "Executable", State = "Running" });
        }

        using var call = service.WatchResources();
        var nested = await FindAsync(call, resource => resource.Name == "api-dapr-cli"
            && resource.Properties.Any(property => property.Name == "resource.parentName"));

        Assert.Equal("api", Property(nested, "resource.parentName").Value.StringValue);
        Assert.Contains(nested.Relationships, relationship => relationship is { ResourceName: "api", Type: "Parent" });
    }

    [Fact]
    public async Task WatchResources_SecretParameter_IsMarkedSensitive()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        await service.Resources.Notifications.PublishUpdateAsync(TestResources.Executable("password"), _ => new CustomResourceSnapshot
        {
            ResourceType = "Parameter",
            Properties = [new ResourcePropertySnapshot("Value", "hidden from view") { IsSensitive = true }],
            IsHidden = true,
        });

        using var call = service.WatchResources();
        var parameter = await FindAsync(call, _ => true);

        Assert.True(Property(parameter, "Value").IsSensitive);
        Assert.True(parameter.IsHidden);
    }

    [Fact]
    public async Task WatchInteractions_Connected_StaysOpenAndEverythingIsSentAgain()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        await service.Resources.Notifications.PublishUpdateAsync(TestResources.Executable("api"), _ => TestResources.Snapshot());
        var cancellation = TestContext.Current.CancellationToken;
        using var resources = service.WatchResources(isReconnect: true);
        await FindAsync(resources, _ => true);

        using var interactions = service.WatchInteractions();
        Assert.True(await interactions.ResponseStream.MoveNext(cancellation));

        Assert.Equal(WatchInteractionsResponseUpdate.KindOneofCase.Complete, interactions.ResponseStream.Current.KindCase);
        Assert.Equal(0, interactions.ResponseStream.Current.InteractionId);
        await FindAsync(resources, _ => true, isUpsert: false);
        var next = interactions.ResponseStream.MoveNext(cancellation);
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task Streams_EngineStops_EndWithUnavailable()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        await service.Resources.Notifications.PublishUpdateAsync(TestResources.Executable("api"), _ => TestResources.Snapshot());
        var cancellation = TestContext.Current.CancellationToken;
        using var resources = service.WatchResources();
        using var interactions = service.WatchInteractions();
        await FindAsync(resources, _ => true);
        await interactions.ResponseStream.MoveNext(cancellation);

        // Else .NET's client may take the end of the connection, which follows at once, for that of a call which it has not ended itself.
        await interactions.RequestStream.CompleteAsync();

        var ends = new[] { EndAsync(resources.ResponseStream), EndAsync(interactions.ResponseStream) };

        await service.Host.DisposeAsync();

        Assert.Equal([StatusCode.Unavailable, StatusCode.Unavailable], await Task.WhenAll(ends));
    }

    private static async Task<StatusCode> EndAsync<T>(IAsyncStreamReader<T> stream)
    {
        var end = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stream.MoveNext(TestContext.Current.CancellationToken))
            {
            }
        });
        return end.StatusCode;
    }

    private static CustomResourceSnapshot FullSnapshot() => new()
    {
        ResourceType = "Executable",
        CreationTimeStamp = Created,
        StartTimeStamp = Created.AddSeconds(1),
        State = new ResourceStateSnapshot("Running", "success"),
        Properties =
        [
            new ResourcePropertySnapshot("executable.pid", 42),
            new ResourcePropertySnapshot("executable.args", new[] { "run", "--fast" }),
            new ResourcePropertySnapshot("executable.workDir", "/srv"),
        ],
        EnvironmentVariables = [new EnvironmentVariableSnapshot("COLOUR", "blue", IsFromSpec: true)],
        Urls = [new UrlSnapshot("http", "http://localhost:5100", IsInternal: false)],
        HealthReports = [new HealthReportSnapshot("ready", Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded, "slow", null)],
    };

    private static ResourceProperty Property(Resource resource, string name)
        => Assert.Single(resource.Properties, property => property.Name == name);

    // Reads until a resource fits; with isUpsert, only in messages of that kind.
    private static async Task<Resource> FindAsync(
        AsyncServerStreamingCall<WatchResourcesUpdate> call, Func<Resource, bool> fits, bool? isUpsert = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(10));
        await foreach (var update in call.ResponseStream.ReadAllAsync(deadline.Token))
        {
            var upserts = update.KindCase is WatchResourcesUpdate.KindOneofCase.Changes;
            var resources = upserts ? update.Changes.Value.Select(change => change.Upsert) : update.InitialData.Resources;
            if ((isUpsert is null || isUpsert == upserts) && resources.FirstOrDefault(fits) is { } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
