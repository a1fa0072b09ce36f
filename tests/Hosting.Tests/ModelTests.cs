using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Aspire.Hosting.ProjectModel;

namespace Aspire.Hosting.Tests;

public sealed class ModelTests
{
    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("a--b")]
    [InlineData("ends-")]
    [InlineData("with space")]
    public async Task Name_Invalid_IsRefused(string name)
    {
        await using var builder = TestApp.Create();

        Assert.ThrowsAny<ArgumentException>(() => builder.AddShell(name, "true"));
    }

    [Fact]
    public async Task Name_UsedTwice_IsRefused()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "true");

        Assert.Throws<DistributedApplicationException>(() => builder.AddShell("ONE", "true"));
    }

    [Fact]
    public async Task AddProject_LaunchProfile_GivesEndpointsArgumentsAndVariables()
    {
        await using var builder = TestApp.Create("--DcpPublisher:RandomizePorts=false");
        using var project = new TemporaryProject(
            """
            {
              // comments are allowed
              "profiles": {
                "other": { "commandName": "Executable" },
                "main": {
                  "commandName": "Project",
                  "commandLineArgs": "serve \"two words\"",
                  "applicationUrl": "http://localhost:20311;http://localhost:20312",
                  "environmentVariables": { "A": "profile" },
                },
              }
            }
            """);

        var resource = builder.AddProject("api", project.Path);

        Assert.Equal(20311, resource.GetEndpoint("http").EndpointAnnotation.Port);
        Assert.Equal(20312, resource.GetEndpoint("http2").EndpointAnnotation.Port);
        Assert.Equal(["serve", "two words"], resource.Resource.Annotations.OfType<LaunchProfileArguments>().Single().Arguments);
    }

    [Fact]
    public async Task AddProject_UnknownLaunchProfile_NamesThoseThatThereAre()
    {
        await using var builder = TestApp.Create();
        using var project = new TemporaryProject("""{ "profiles": { "main": { "commandName": "Project" } } }""");

        var error = Assert.Throws<DistributedApplicationException>(() => builder.AddProject("api", project.Path, "other"));

        Assert.Contains("it has: main", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddProject_WithoutLaunchProfile_HasNoEndpoints()
    {
        await using var builder = TestApp.Create();
        using var project = new TemporaryProject("""{ "profiles": { "main": { "commandName": "Project", "applicationUrl": "http://localhost:20311" } } }""");

        Assert.Empty(builder.AddProject("api", project.Path, launchProfileName: null).Resource.GetEndpoints());
    }

    [Fact]
    public async Task WithUrlForEndpoint_ChangesWhatIsShown()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "exec sleep 600")
            .WithHttpEndpoint()
            .WithHttpEndpoint(name: "admin")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Home")
            .WithUrlForEndpoint("admin", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
            .WithUrl("http://localhost:1/docs", "Docs");
        await using var app = await builder.StartAsync();

        var urls = (await app.WaitForAsync("one", KnownResourceStates.Running)).Snapshot.Urls;

        Assert.Equal(["Home", "", "Docs"], urls.Select(u => u.DisplayProperties.DisplayName));
        Assert.Equal([false, true, false], urls.Select(u => u.IsInternal));
        Assert.All(urls, url => Assert.False(url.IsInactive));
    }

    [Fact]
    public void Table_OfResources_IsAligned()
    {
        var running = new CustomResourceSnapshot
        {
            ResourceType = "Project",
            Properties = [],
            State = KnownResourceStates.Running,
            Urls = [new UrlSnapshot("admin", "http://localhost:2", IsInternal: true), new UrlSnapshot("http", "http://localhost:1", IsInternal: false)],
        };
        var finished = running with { State = KnownResourceStates.Finished, ExitCode = 1, Urls = [] };

        Assert.Equal(
            [
                "RESOURCE   STATE                   URL",
                "service    Running, Healthy        http://localhost:1",
                "long-name  Finished (exit code 1)",
            ],
            StatusTable.Of([("service", running), ("long-name", finished)]));
    }

    private sealed class TemporaryProject : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("hosting-tests-").FullName;

        public TemporaryProject(string launchSettings)
        {
            Directory.CreateDirectory(System.IO.Path.Combine(_folder, "Properties"));
            File.WriteAllText(System.IO.Path.Combine(_folder, "Properties", "launchSettings.json"), launchSettings);
        }

        public string Path => System.IO.Path.Combine(_folder, "api.csproj");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
