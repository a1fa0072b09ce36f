using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Tests;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task WithEnvironment_EveryKindOfValue_IsResolved()
    {
        await using var builder = TestApp.Create("--Parameters:word=configured");
        var word = builder.AddParameter("word");
        var target = builder.AddShell("target", "true").WithHttpEndpoint();
        var endpoint = target.GetEndpoint("http");
        var resource = builder.AddShell("one", "true")
            .WithEnvironment("TEXT", "text")
            .WithEnvironment("CALLBACK", () => "called")
            .WithEnvironment("PARAMETER", word)
            .WithEnvironment("ENDPOINT", endpoint)
            .WithEnvironment("PART", endpoint.Property(EndpointProperty.HostAndPort))
            .WithEnvironment("EXPRESSION", $"{{{word}}} at {endpoint}/path")
            .WithEnvironment(context => context.EnvironmentVariables["CONTEXT"] = context.Resource.Name);

        var variables = (await builder.PlanAsync(resource.Resource)).Environment;

        Assert.Equal("text", variables["TEXT"]);
        Assert.Equal("called", variables["CALLBACK"]);
        Assert.Equal("configured", variables["PARAMETER"]);
        Assert.Equal($"http://localhost:{endpoint.Port}", variables["ENDPOINT"]);
        Assert.Equal($"localhost:{endpoint.Port}", variables["PART"]);
        Assert.Equal($"{{configured}} at http://localhost:{endpoint.Port}/path", variables["EXPRESSION"]);
        Assert.Equal("one", variables["CONTEXT"]);
    }

    [Fact]
    public async Task WithArgs_ValuesAndCallbacks_AreResolvedInOrder()
    {
        await using var builder = TestApp.Create();
        var resource = builder.AddExecutable("one", "true", ".", "first");
        var endpoint = resource.WithHttpEndpoint().GetEndpoint("http");
        resource.WithArgs("second", endpoint.Property(EndpointProperty.Port)).WithArgs(context => context.Args.Insert(0, "zeroth"));

        var spec = await builder.PlanAsync(resource.Resource);

        Assert.Equal(["zeroth", "first", "second", $"{endpoint.Port}"], spec.Arguments);
    }

    [Fact]
    public async Task WithReference_Resource_GivesDiscoveryVariables()
    {
        await using var builder = TestApp.Create();
        var source = builder.AddProject("my-api", "api.csproj").WithHttpEndpoint().WithHttpEndpoint(name: "admin");
        source.WithEndpoint("hidden", e => e.ExcludeReferenceEndpoint = true);
        var resource = builder.AddShell("one", "true").WithReference(source);

        var variables = (await builder.PlanAsync(resource.Resource)).Environment;

        Assert.Equal(source.GetEndpoint("http").Url, variables["services__my-api__http__0"]);
        Assert.Equal(source.GetEndpoint("http").Url, variables["MY_API_HTTP"]);
        Assert.Equal(source.GetEndpoint("admin").Url, variables["services__my-api__admin__0"]);
        Assert.Equal(source.GetEndpoint("admin").Url, variables["MY_API_ADMIN"]);
        Assert.DoesNotContain(variables.Keys, name => name.Contains("hidden", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task WithReference_Uri_GivesDiscoveryVariables()
    {
        await using var builder = TestApp.Create();
        var resource = builder.AddShell("one", "true").WithReference("outside", new Uri("http://localhost:1234/"));

        var variables = (await builder.PlanAsync(resource.Resource)).Environment;

        Assert.Equal("http://localhost:1234/", variables["services__outside__default__0"]);
    }

    [Fact]
    public async Task Otlp_DashboardIsKnown_ProcessIsTold()
    {
        await using var builder = TestApp.Create("--environment=Development");
        var resource = builder.AddShell("one", "true").WithOtlpExporter();
        await using var app = await builder.BuildAsync(TestContext.Current.CancellationToken);
        app.Services.GetRequiredService<OtlpTarget>().Use(new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4317" });

        var variables = (await app.PlanAsync(resource.Resource)).Environment;

        Assert.Equal("http://localhost:4317", variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("one", variables["OTEL_SERVICE_NAME"]);
        Assert.Equal($"service.instance.id={ResourceInstance.Of(resource.Resource).Suffix}", variables["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("always_on", variables["OTEL_TRACES_SAMPLER"]);
        Assert.Equal("1000", variables["OTEL_BSP_SCHEDULE_DELAY"]);
    }

    [Fact]
    public async Task Otlp_NobodyToSendTo_ProcessIsNotTold()
    {
        await using var builder = TestApp.Create();
        var resource = builder.AddShell("one", "true").WithOtlpExporter();

        var variables = (await builder.PlanAsync(resource.Resource)).Environment;

        Assert.DoesNotContain(variables.Keys, name => name.StartsWith("OTEL_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Otlp_AnotherDashboardIsConfigured_ProcessIsToldOfThatOne()
    {
        await using var builder = TestApp.Create("--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:4317", "--AppHost:OtlpApiKey=key");
        var resource = builder.AddShell("one", "true").WithOtlpExporter();

        var variables = (await builder.PlanAsync(resource.Resource)).Environment;

        Assert.Equal("http://localhost:4317", variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("grpc", variables["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal("x-otlp-api-key=key", variables["OTEL_EXPORTER_OTLP_HEADERS"]);
    }

    [Fact]
    public async Task Process_VariableWithAHyphen_Arrives()
    {
        await using var builder = TestApp.Create();
        builder.AddExecutable("one", "env", ".").WithEnvironment("Section__my-key", "value");
        await using var app = await builder.StartAsync();

        Assert.EndsWith(" Section__my-key=value", await app.WaitForLogAsync("one", "my-key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_SecretsOfTheAppHost_AreNotInherited()
    {
        Environment.SetEnvironmentVariable("Parameters__leak", "hidden");
        Environment.SetEnvironmentVariable("ASPIRE_SOMETHING", "hidden");
        await using var builder = TestApp.Create();
        builder.AddShell("one", "env; echo done");
        await using var app = await builder.StartAsync();

        await app.WaitForLogAsync("one", "done");

        var lines = await app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync("one").FirstAsync(TestContext.Current.CancellationToken);
        Assert.Contains(lines, line => line.Content.Contains("PATH=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Content.Contains("hidden", StringComparison.Ordinal));
    }
}
