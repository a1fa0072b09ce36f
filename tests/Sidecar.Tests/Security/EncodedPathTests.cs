using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>A path means the same to router rules and rate limits however often a caller encodes it.</summary>
public sealed class EncodedPathTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/public/a", 200)]
    [InlineData("/%70ublic/a", 400)] // as Dapr: the rule sees the path as written, too
    [InlineData("/public/%2561", 200)]
    [InlineData("/admin", 400)]
    [InlineData("/public/../admin", 400)]
    [InlineData("/public/%2e%2e/admin", 400)]
    [InlineData("/public/%252e%252e/admin", 400)]
    [InlineData("/public/%25252e%25252e/admin", 400)]
    [InlineData("/public%2f..%2fadmin", 400)]
    public async Task RouterChecker_JudgesWhatThePathEndsAs(string path, int status)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "routerchecker", "rule", "^/public/");

        Assert.Equal(status, (await RawClient.GetAsync(sidecar.HttpPort, path, Stopping, ("dapr-app-id", "app"))).Status);
    }

    [Theory]
    [InlineData("/%61")]
    [InlineData("/%2561")]
    [InlineData("/%252561")]
    [InlineData("//x/../%61")]
    public async Task RateLimit_CountsAnEncodedSpellingToTheSamePath(string spelling)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "ratelimit", "maxRequestsPerSecond", "0.001");

        Assert.Equal(200, (await RawClient.GetAsync(sidecar.HttpPort, "/a", Stopping, ("dapr-app-id", "app"))).Status);
        Assert.Equal(429, (await RawClient.GetAsync(sidecar.HttpPort, spelling, Stopping, ("dapr-app-id", "app"))).Status);
        Assert.Equal(200, (await RawClient.GetAsync(sidecar.HttpPort, "/c", Stopping, ("dapr-app-id", "app"))).Status);
    }

    private static async Task<SidecarProcess> StartAsync(EchoApp app, string middleware, string key, string value)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/handler.yaml", $"""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: handler
            spec:
              type: middleware.http.{middleware}
              version: v1
              metadata:
                - name: {key}
                  value: "{value}"
            """);
        var config = folder.Write("config.yaml", $"""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata:
              name: config
            spec:
              features:
                - name: HotReload
                  enabled: false
              httpPipeline:
                handlers:
                  - name: handler
                    type: middleware.http.{middleware}
            """);
        return await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), "--config", config],
            Stopping);
    }
}
