using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard.Tests;

public sealed class DashboardOptionsTests
{
    [Fact]
    public void From_NothingSet_ListensOnTheDefaultPortWithKeysOfThisRun()
    {
        var options = From();
        var next = From();

        Assert.Equal(new Uri("http://localhost:18888"), options.FrontendUrl);
        string[] keys = [options.BrowserToken, options.OtlpApiKey, options.TelemetryApiKey, options.ResourceServiceApiKey, next.BrowserToken];
        Assert.Equal(5, keys.Distinct().Count());
        Assert.All(keys, key => Assert.True(key.Length >= 32));
    }

    [Fact]
    public void From_SeveralUrls_TakesTheFirstOverHttp()
        => Assert.Equal(
            new Uri("http://localhost:15000"),
            From(("ASPNETCORE_URLS", "https://localhost:17000;http://localhost:15000")).FrontendUrl);

    [Theory]
    [InlineData("ASPNETCORE_URLS", "https://localhost:18888")]
    [InlineData("ASPNETCORE_URLS", "http://0.0.0.0:18888")]
    [InlineData("ASPNETCORE_URLS", "http://*:18888")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://example.org:4317")]
    [InlineData("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "nonsense")]
    [InlineData("Dashboard:Install", "perhaps")]
    [InlineData("Dashboard:InstallTimeoutSeconds", "0")]
    public void From_ValueNotAllowed_NamesKeyAndValue(string key, string value)
    {
        var refusal = Assert.Throws<DistributedApplicationException>(() => From((key, value)));

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(value, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AppHost:BrowserToken")]
    [InlineData("AppHost:OtlpApiKey")]
    [InlineData("AppHost:DashboardApiKey")]
    [InlineData("AppHost:ResourceService:ApiKey")]
    public void From_KeyThatIsTooShort_IsRefusedWithoutRepeatingIt(string key)
    {
        var refusal = Assert.Throws<DistributedApplicationException>(() => From((key, "tooshort")));

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("tooshort", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_DoesNotShowKeys()
    {
        var options = From();
        var endpoints = new DashboardEndpoints(options.FrontendUrl, options.OtlpGrpcUrl, options.OtlpHttpUrl);
        var shown = $"{options} {endpoints.Connect(options)}";

        Assert.DoesNotContain(options.BrowserToken, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(options.OtlpApiKey, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(options.TelemetryApiKey, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(options.ResourceServiceApiKey, shown, StringComparison.Ordinal);
    }

    private static DashboardOptions From(params (string Key, string Value)[] values)
        => DashboardOptions.From(new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Key, (string?)value.Value)))
            .Build());
}
