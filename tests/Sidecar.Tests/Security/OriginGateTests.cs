using McpAspire.Sidecar.Tests.Rig;
using McpAspire.Sidecar.Tests.State;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>A web page can send a POST to any port of this machine; it changes nothing there unless its origin is named.</summary>
public sealed class OriginGateTests
{
    private const string Page = "https://page.example";

    [Theory]
    [InlineData(null, Page, null, 403)]
    [InlineData(null, "null", null, 403)] // a page from a file, or in a sandbox
    [InlineData(null, Page, "cross-site", 403)]
    [InlineData(null, "http://localhost:5173", "same-site", 403)] // another port of this machine
    [InlineData(null, null, null, 204)] // an app
    [InlineData(null, "http://{host}", null, 204)] // a page that the sidecar itself has handed on
    [InlineData(null, "http://{host}", "same-origin", 204)]
    [InlineData("https://own.example", Page, null, 403)]
    [InlineData("https://page.example", Page, "cross-site", 204)]
    [InlineData("*", Page, null, 204)]
    public async Task Page_SavesNothing_UnlessItsOriginIsNamed(string? allowed, string? origin, string? site, int status)
    {
        await using var rig = await StateSidecar.StartAsync(flags: allowed is null ? [] : ["--allowed-origins", allowed]);
        var host = $"localhost:{rig.Process.HttpPort}";
        List<(string, string)> headers = [("Content-Type", "text/plain")];
        if (origin is not null)
        {
            headers.Add(("Origin", origin.Replace("{host}", host, StringComparison.Ordinal)));
        }

        if (site is not null)
        {
            headers.Add(("Sec-Fetch-Site", site));
        }

        var answer = await rig.SendAsync("POST", "/v1.0/state/store", "[{\"key\": \"a\", \"value\": 1}]", [.. headers]);

        Assert.Equal((status, status == 204 ? 200 : 204), (answer.Status, (await rig.GetAsync("a")).Status));
        Assert.Equal(status == 403, answer.Text.Contains("ERR_ORIGIN_NOT_ALLOWED", StringComparison.Ordinal));
    }

    /// <summary>Whatever changes something is refused before it is looked for; reading, where a page sees no answer, is not.</summary>
    [Theory]
    [InlineData("POST", "/v1.0/state/store/transaction", 403)]
    [InlineData("POST", "/v1.0/publish/pubsub/topic", 403)]
    [InlineData("POST", "/v1.0/bindings/output", 403)]
    [InlineData("POST", "//v1.0/bindings/output", 403)]
    [InlineData("POST", "/v1.0-alpha1/publish/bulk/pubsub/topic", 403)]
    [InlineData("PUT", "/v1.0-alpha1/crypto/vault/decrypt", 403)]
    [InlineData("PUT", "/v1.0/metadata/name", 403)]
    [InlineData("POST", "/v1.0/shutdown", 403)]
    [InlineData("GET", "/v1.0/metadata", 200)]
    [InlineData("GET", "/v1.0/healthz", 204)]
    public async Task Page_ChangesNothing_ByAnyApi(string verb, string path, int status)
    {
        await using var rig = await StateSidecar.StartAsync();

        Assert.Equal(status, (await rig.SendAsync(verb, path, verb == "GET" ? null : "{}", ("Origin", Page))).Status);
    }
}
