using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>
/// The MCP conformance suite for authorization servers. MCP_CONFORMANCE names the suite's executable
/// (npm @modelcontextprotocol/conformance, on Node 22).
/// </summary>
public sealed partial class ConformanceTests
{
    [Fact]
    public async Task AuthorizationServer_BothScenarios_Pass()
    {
        var suite = Environment.GetEnvironmentVariable("MCP_CONFORMANCE");
        if (string.IsNullOrEmpty(suite))
        {
            RequiredTool.Missing("MCP_CONFORMANCE does not name the conformance suite");
        }

        var realm = TestRealm.Variant(realm => TestRealm.Client(realm, "mcp-console")["redirectUris"] = new JsonArray("http://127.0.0.1/*"));
        await using var provider = await RunningProvider.StartAsync(realm);
        string[] arguments =
        [
            "authorization", "--url", provider.Issuer, "--client-id", "mcp-console", "--client-secret", "console-secret",
            "--resource", TestRealm.Values["MCP_RESOURCE"], "--port", $"{FreePort.Next()}",
        ];
        var start = new ProcessStartInfo(suite!, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await FollowAsync(process, provider.BaseUrl);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("Total: 2 passed, 0 failed", output, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Reads along, and signs in where the suite asks for a browser.</summary>
    private static async Task<string> FollowAsync(Process process, string baseUrl)
    {
        var output = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            output.Add(line);
            if (Address().Match(line) is { Success: true } address)
            {
                var browser = new Browser(baseUrl);
                await browser.VisitAsync(address.Value);
                var reply = await browser.SubmitAsync(("username", "alice"), ("password", "demo-password"));
                await CallBackAsync(reply.Location!);
            }
        }

        return string.Join('\n', output);
    }

    /// <summary>The suite begins to listen only after it has printed the address.</summary>
    private static async Task CallBackAsync(string location)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (20 * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            try
            {
                await Http.GetAsync(location);
                return;
            }
            catch (HttpRequestException) when (TimeProvider.System.GetTimestamp() < deadline)
            {
                await Task.Yield();
            }
        }
    }

    [GeneratedRegex(@"^http\S+/protocol/openid-connect/auth\?\S+")]
    private static partial Regex Address();
}
