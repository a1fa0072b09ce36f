using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Web;

namespace McpAspire.IdentityProvider.Tests.Sdk;

/// <summary>
/// Both TypeScript SDKs log in with code and PKCE. MCP_TYPESCRIPT_SDK names the folder whose node_modules hold them
/// (npm @modelcontextprotocol/sdk and @modelcontextprotocol/client).
/// </summary>
public sealed class TypeScriptSdkTests
{
    private const string First = "@modelcontextprotocol/sdk";
    private const string Second = "@modelcontextprotocol/client";

    [Theory]
    [InlineData(First)]
    [InlineData(Second)]
    public async Task Login_ClientOfTheRealmFile_CallsTheTool(string package)
    {
        await using var stack = await McpStack.StartAsync(registration: false);
        var results = await RunAsync(stack, package, new JsonObject { ["clientId"] = "mcp-native" }, "read_ticket");

        Assert.Equal(["read by alice of contoso"], results);
        var request = HttpUtility.ParseQueryString(Assert.Single(stack.Requests).Query);
        Assert.Equal("S256", request["code_challenge_method"]);
        Assert.Equal(stack.Server.Resource, request["resource"]);
    }

    [Theory]
    [InlineData(First)]
    [InlineData(Second)]
    public async Task Login_WithMetadataDocument_IsTheClientAtThatUrl(string package)
    {
        await using var stack = await McpStack.StartAsync(registration: true);
        var results = await RunAsync(stack, package, new JsonObject { ["clientMetadataUrl"] = stack.ClientMetadataUrl }, "read_ticket");

        Assert.Equal(["read by alice of contoso"], results);
        Assert.Equal(stack.ClientMetadataUrl, HttpUtility.ParseQueryString(Assert.Single(stack.Requests).Query)["client_id"]);
    }

    [Theory]
    [InlineData(First)]
    [InlineData(Second)]
    public async Task Login_WithoutClientId_RegistersItself(string package)
    {
        await using var stack = await McpStack.StartAsync(registration: true);
        Assert.Equal(["read by alice of contoso"], await RunAsync(stack, package, [], "read_ticket"));
        var clientId = HttpUtility.ParseQueryString(Assert.Single(stack.Requests).Query)["client_id"]!;
        Assert.NotNull(stack.Provider.Realms.Find("mcp")!.Model.FindClient(clientId));
    }

    /// <summary>The first SDK cannot: with a refresh token it refreshes to the old scope and gives up.</summary>
    [Fact]
    public async Task CallTool_NeedingMoreScope_StepsUpByANewLogin()
    {
        await using var stack = await McpStack.StartAsync(registration: false);
        var results = await RunAsync(stack, Second, new JsonObject { ["clientId"] = "mcp-native" }, "read_ticket", "write_ticket", "read_ticket");

        Assert.Equal(["read by alice of contoso", "written by alice of contoso", "read by alice of contoso"], results);
        Assert.Equal(2, stack.Requests.Count);
        Assert.All(stack.Requests, request => Assert.Contains("offline_access", HttpUtility.ParseQueryString(request.Query)["scope"], StringComparison.Ordinal));
        Assert.All(stack.Requests, request => Assert.Equal("consent", HttpUtility.ParseQueryString(request.Query)["prompt"]));
    }

    /// <summary>Runs login.mjs, and is the person at the browser that it asks for.</summary>
    private static async Task<IReadOnlyList<string>> RunAsync(McpStack stack, string package, JsonObject settings, params string[] tools)
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Environment.GetEnvironmentVariable("MCP_TYPESCRIPT_SDK");
        if (string.IsNullOrEmpty(folder))
        {
            RequiredTool.Missing("MCP_TYPESCRIPT_SDK does not name the folder with the TypeScript SDKs");
        }

        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Sdk", "login.mjs"), Path.GetFullPath(folder!), package, stack.Server.Resource, McpStack.Callback,
            settings.ToJsonString(), .. tools,
        ];
        var start = new ProcessStartInfo(RequiredTool.Find("node", "the TypeScript SDKs"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancel);
            var results = await FollowAsync(stack, process, cancel);
            await process.WaitForExitAsync(cancel);
            Assert.True(process.ExitCode == 0, await errors);
            return results;
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<IReadOnlyList<string>> FollowAsync(McpStack stack, Process process, CancellationToken cancel)
    {
        var results = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            var message = JsonNode.Parse(line)!;
            if ((string?)message["visit"] is { } url)
            {
                await process.StandardInput.WriteLineAsync((await stack.SignInAsync(new Uri(url))).AbsoluteUri);
            }
            else
            {
                results.Add((string)message["result"]!);
            }
        }

        return results;
    }
}
