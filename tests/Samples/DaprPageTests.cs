using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace McpAspire.Samples;

/// <summary>Both halves of Dapr's page, with the commands of the sample's README and our sidecar under the name <c>dapr</c>.</summary>
public sealed class DaprPageTests : IAsyncLifetime
{
    private readonly ReadmeCommands _readme = new();
    private readonly string _password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
    private readonly List<RunningProgram> _programs = [];
    private Dictionary<string, string> _environment = [];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private Uri Identity => new($"http://localhost:{_readme.Port(8080)}");

    private string Callback => $"http://localhost:{_readme.Port(5100)}/signin/callback";

    [Fact]
    public async Task ClientSide_FirstCall_LeadsToALogin_AndThenReachesTheServerWithTheToken()
    {
        var server = await StartAsync("Now listening on", BuiltProgram.Path("DaprPageServer"), [], "server");
        var client = Start("dapr", [.. _readme.DaprRun("mcpclient")[1..], "--", BuiltProgram.Path("DaprPageClient")], "client");

        await AssertLoginLeadsToTheServerAsync(client, server);
    }

    [Fact]
    public async Task ServerSide_FirstCall_LeadsToALogin_AndThenReachesTheServerWithTheToken()
    {
        var server = await StartAsync("Now listening on", "dapr", [.. _readme.DaprRun("mcp-server")[1..], "--", BuiltProgram.Path("DaprPageServer")], "server");
        var client = Start(BuiltProgram.Path("DaprPageClient"), [$"http://localhost:{_readme.Port(3501)}/mcp"], "client");

        await AssertLoginLeadsToTheServerAsync(client, server);
    }

    [Fact]
    public async Task Resource_IsCalledWithoutAToken_AndReachesTheServerWithOne()
    {
        await StartAsync("Now listening on", BuiltProgram.Path("DaprPageServer"), [], "server");
        await StartAsync("dapr initialized", "dapr", _readme.DaprRun("mcpresource")[1..], "resource");
        using var http = new HttpClient();
        var (start, read) = _readme.Curl();
        using var input = new StringContent("{\"arguments\":{}}");

        using var started = await http.PostAsync(start, input, Stopping);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        string instance;
        do
        {
            await Task.Delay(100, Stopping);
            instance = await http.GetStringAsync(read, Stopping);
        }
        while (instance.Contains("PENDING", StringComparison.Ordinal) || instance.Contains("RUNNING", StringComparison.Ordinal));

        Assert.True(instance.Contains("COMPLETED", StringComparison.Ordinal), instance);
        Assert.Contains("You are service-account-mcp-agent, and may: ", instance, StringComparison.Ordinal);
        Assert.Contains("tickets:read", instance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_CalledPastTheSidecar_WantsAToken()
    {
        await StartAsync("Now listening on", BuiltProgram.Path("DaprPageServer"), [], "server");
        using var http = new HttpClient();
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");

        using var answer = await http.PostAsync(new Uri($"http://localhost:{_readme.Port(5200)}/mcp"), body, Stopping);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the README's commands are for a Unix shell");
        var bin = Directory.CreateDirectory(Path.Combine(_readme.Folder, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "dapr"), BuiltProgram.Path("Sidecar"));
        var server = $"http://localhost:{_readme.Port(5200)}/mcp";
        _environment = new Dictionary<string, string>
        {
            ["PATH"] = bin + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
            ["MCP_AGENT_SECRET"] = Secret(),
            ["MCP_CONSOLE_SECRET"] = Secret(),
            ["MCP_AUDIT_SECRET"] = Secret(),
            ["MCP_SERVER_SECRET"] = Secret(),
            ["MCP_RESOURCE"] = server,
            ["DEMO_PASSWORD"] = _password,
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Authority"] = $"{Identity}realms/mcp",
            ["Audience"] = server,
            ["CALLBACK_URL"] = Callback,
            ["KC_HTTP_PORT"] = $"{_readme.Port(8080)}",
            ["KC_HTTP_MANAGEMENT_PORT"] = $"{FreePort.Next()}",
            ["IdentityProvider__RealmPath"] = RealmFor(_readme.Port(5100)),
            ["APP_PORT"] = $"{_readme.Port(5200)}",
        };
        await StartAsync("Now listening on", BuiltProgram.Path("IdentityProvider"), [], ".");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Enumerable.Reverse(_programs))
        {
            await program.DisposeAsync();
        }

        _readme.Dispose();
    }

    private async Task AssertLoginLeadsToTheServerAsync(RunningProgram client, RunningProgram server)
    {
        var line = await client.LineAsync("sign in:", Stopping);
        Assert.DoesNotContain(" POST ", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("whoami", client.Output, StringComparison.Ordinal);

        var page = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
        Assert.Equal(Identity.Authority, page.Authority);
        using var alice = new Person(Identity, "alice", _password);
        var callback = await alice.SignInAsync(page, Callback, Stopping);
        using var browser = new HttpClient();
        Assert.Contains("signed in", await browser.GetStringAsync(callback, Stopping), StringComparison.Ordinal);

        await client.LineAsync("tool: whoami", Stopping);
        Assert.Contains("tickets:read", await client.LineAsync("You are alice", Stopping), StringComparison.Ordinal);
        Assert.Equal(0, await client.ExitCodeAsync(Stopping));
        await server.LineAsync(" POST ", Stopping);
    }

    private RunningProgram Start(string program, string[] arguments, string folder)
    {
        // A shell, because it looks for "dapr" in the PATH that it is given.
        var running = RunningProgram.Start("/bin/sh", ["-c", "exec \"$@\"", "sh", program, .. arguments], Path.Combine(_readme.Folder, folder), _environment);
        _programs.Add(running);
        return running;
    }

    private async Task<RunningProgram> StartAsync(string sign, string program, string[] arguments, string folder)
    {
        var running = Start(program, arguments, folder);
        await running.LineAsync(sign, Stopping);
        return running;
    }

    /// <summary>The shipped realm, in which the client's address is that of this run.</summary>
    private string RealmFor(int callbackPort)
    {
        var shipped = Path.Combine(Path.GetDirectoryName(BuiltProgram.Path("IdentityProvider"))!, "realm", "mcp-realm.json");
        var path = Path.Combine(_readme.Folder, "realm.json");
        File.WriteAllText(path, File.ReadAllText(shipped).Replace(":5100/", $":{callbackPort}/", StringComparison.Ordinal));
        return path;
    }

    private static string Secret() => Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
}
