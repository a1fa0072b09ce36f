using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Tests;

public sealed class EntryPointTests
{
    [Fact]
    public async Task AppHost_InATest_RunsItsProjectsAsDescribed()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<global::Projects.FixtureHost>(TestContext.Current.CancellationToken);
        await using var app = await builder.StartAsync();

        await app.ResourceNotifications.WaitForResourceHealthyAsync("consumer", TestContext.Current.CancellationToken);

        using var service = app.CreateHttpClient("service");
        using var consumer = app.CreateHttpClient("consumer");
        Assert.NotEqual(20199, service.BaseAddress!.Port);
        Assert.Equal("profile", await GetAsync(service, "/environment/FROM_PROFILE"));
        Assert.Equal("model", await GetAsync(service, "/environment/OVERRIDDEN"));
        Assert.Equal("Development", await GetAsync(service, "/environment/ASPNETCORE_ENVIRONMENT"));
        Assert.Equal(24, (await GetAsync(service, "/environment/SECRET")).Length);
        Assert.EndsWith("FixtureService", await GetAsync(service, "/folder"), StringComparison.Ordinal);
        Assert.Equal("""["one","two words"]""", await GetAsync(consumer, "/arguments"));
        Assert.Equal(service.BaseAddress.ToString().TrimEnd('/'), await GetAsync(consumer, "/environment/services__service__http__0"));
    }

    [Fact]
    public async Task AppHost_InATest_HasItsFolderAndFirstLaunchProfile()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<global::Projects.FixtureHost>(
            ["--Fixture:Argument=given"], TestContext.Current.CancellationToken);

        Assert.Equal(global::Projects.FixtureHost.ProjectPath, builder.AppHostDirectory);
        Assert.Equal("FixtureHost", builder.AppHostAssembly?.GetName().Name);
        Assert.Equal("profile", builder.Configuration["Fixture:FromProfile"]);
        Assert.Equal("given", builder.Configuration["Fixture:Argument"]);
        Assert.Equal("Development", builder.Environment.EnvironmentName);
    }

    [Fact]
    public async Task AppHost_TestChangesTheModel_BeforeItIsBuilt()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<global::Projects.FixtureHost>(TestContext.Current.CancellationToken);
        builder.CreateResourceBuilder<ProjectResource>("service").WithEnvironment("FROM_TEST", "test");
        await using var app = await builder.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("service", TestContext.Current.CancellationToken);

        using var service = app.CreateHttpClient("service", "http");

        Assert.Equal("test", await GetAsync(service, "/environment/FROM_TEST"));
    }

    [Fact]
    public async Task AppHost_Refuses_TheTestGetsTheException()
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => DistributedApplicationTestingBuilder.CreateAsync<global::Projects.FixtureHost>(
                ["--Fixture:Keycloak=yes"], TestContext.Current.CancellationToken));

        Assert.Contains("HostingEngine=aspire", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_OfTwoTestsAtOnce_DoNotDisturbEachOther()
    {
        await using var first = await DistributedApplicationTestingBuilder.CreateAsync<global::Projects.FixtureHost>(TestContext.Current.CancellationToken);
        await using var second = await DistributedApplicationTestingBuilder.CreateAsync<global::Projects.FixtureHost>(TestContext.Current.CancellationToken);
        await using var one = await first.StartAsync();
        await using var other = await second.StartAsync();

        await one.ResourceNotifications.WaitForResourceHealthyAsync("service", TestContext.Current.CancellationToken);
        await other.ResourceNotifications.WaitForResourceHealthyAsync("service", TestContext.Current.CancellationToken);

        Assert.NotEqual(one.GetEndpoint("service"), other.GetEndpoint("service"));
    }

    [Fact]
    public async Task Service_EndsWithAnError_IsNoLongerHealthy()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<global::Projects.FixtureHost>(TestContext.Current.CancellationToken);
        await using var app = await builder.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("service", TestContext.Current.CancellationToken);
        using var service = app.CreateHttpClient("service");

        _ = service.PostAsync("/end/5", content: null, TestContext.Current.CancellationToken);

        var ended = await app.WaitForAsync("service", KnownResourceStates.Finished);
        Assert.Equal(5, ended.Snapshot.ExitCode);
        Assert.Null(ended.Snapshot.HealthStatus);
        Assert.Contains("told to end with 5", await app.WaitForLogAsync("service", "told to end"), StringComparison.Ordinal);
    }

    private static Task<string> GetAsync(HttpClient client, string path) => client.GetStringAsync(path, TestContext.Current.CancellationToken);
}
