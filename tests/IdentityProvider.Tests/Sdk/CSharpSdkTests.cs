using System.Web;
using ModelContextProtocol;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpAspire.IdentityProvider.Tests.Sdk;

/// <summary>The C# SDK's OAuth client logs in with code and PKCE: registered beforehand, by itself, and by its metadata document.</summary>
public sealed class CSharpSdkTests
{
    [Theory]
    [InlineData("2026-07-28")]
    [InlineData("2025-11-25")]
    public async Task Login_ClientOfTheRealmFile_CallsTheTool(string revision)
    {
        await using var stack = await McpStack.StartAsync(registration: false);
        await using var client = await ConnectAsync(stack, options => options.ClientId = "mcp-native", revision);

        Assert.Equal("read by alice of contoso", await CallAsync(client, "read_ticket"));
        var request = HttpUtility.ParseQueryString(Assert.Single(stack.Requests).Query);
        Assert.Equal("S256", request["code_challenge_method"]);
        Assert.Equal(stack.Server.Resource, request["resource"]);
    }

    [Fact]
    public async Task Login_WithMetadataDocument_IsTheClientAtThatUrl()
    {
        await using var stack = await McpStack.StartAsync(registration: true);
        await using var client = await ConnectAsync(stack, options => options.ClientMetadataDocumentUri = new Uri(stack.ClientMetadataUrl));

        Assert.Equal("read by alice of contoso", await CallAsync(client, "read_ticket"));
        Assert.Equal(["/client.json"], stack.Documents.Fetched);
        Assert.Equal(stack.ClientMetadataUrl, HttpUtility.ParseQueryString(Assert.Single(stack.Requests).Query)["client_id"]);
    }

    [Fact]
    public async Task Login_WithoutClientId_RegistersItself()
    {
        await using var stack = await McpStack.StartAsync(registration: true);
        DynamicClientRegistrationResponse? registered = null;
        await using var client = await ConnectAsync(stack, options => options.DynamicClientRegistration = new DynamicClientRegistrationOptions
        {
            ClientName = "C# SDK",
            ResponseDelegate = (response, _) =>
            {
                registered = response;
                return Task.CompletedTask;
            },
        });

        Assert.Equal("read by alice of contoso", await CallAsync(client, "read_ticket"));
        Assert.Equal(registered?.ClientId, HttpUtility.ParseQueryString(Assert.Single(stack.Requests).Query)["client_id"]);
    }

    [Fact]
    public async Task Register_InTheShippedRealm_IsRefused()
    {
        await using var stack = await McpStack.StartAsync(registration: false);
        var e = await Assert.ThrowsAsync<McpException>(() => ConnectAsync(stack, options => options.DynamicClientRegistration = new DynamicClientRegistrationOptions()));
        Assert.Contains("Dynamic client registration failed with status Forbidden", e.Message, StringComparison.Ordinal);
        Assert.Contains("Policy 'Trusted Hosts' rejected request to client-registration service. Details: Host not trusted.", e.Message, StringComparison.Ordinal);
        Assert.Empty(stack.Requests);
    }

    [Theory]
    [InlineData("2026-07-28")]
    [InlineData("2025-11-25")]
    public async Task CallTool_NeedingMoreScope_StepsUpAndKeepsWhatItHad(string revision)
    {
        await using var stack = await McpStack.StartAsync(registration: false);
        await using var client = await ConnectAsync(stack, options => options.ClientId = "mcp-native", revision);

        await CallAsync(client, "read_ticket");
        Assert.Equal("written by alice of contoso", await CallAsync(client, "write_ticket"));
        Assert.Equal("read by alice of contoso", await CallAsync(client, "read_ticket"));
        Assert.Equal(2, stack.Requests.Count);
        var scopes = HttpUtility.ParseQueryString(stack.Requests[1].Query)["scope"]!.Split(' ');
        Assert.Superset(new HashSet<string> { "tickets:read", "tickets:write" }, scopes.ToHashSet());
    }

    [Fact]
    public async Task CallTool_AfterTheTokenExpired_RefreshesWithoutThePerson()
    {
        await using var stack = await McpStack.StartAsync(registration: false);
        await using var client = await ConnectAsync(stack, options => options.ClientId = "mcp-native");
        await CallAsync(client, "read_ticket");

        for (var i = 0; i < 2; i++)
        {
            stack.Provider.Clock.Advance(TimeSpan.FromMinutes(6));
            Assert.Equal("read by alice of contoso", await CallAsync(client, "read_ticket"));
        }

        Assert.Single(stack.Requests);
    }

    private static async Task<McpClient> ConnectAsync(McpStack stack, Action<ClientOAuthOptions> configure, string? revision = null)
    {
        var oauth = new ClientOAuthOptions
        {
            RedirectUri = new Uri(McpStack.Callback),
            AuthorizationCallbackHandler = async (context, _) =>
            {
                var answer = HttpUtility.ParseQueryString((await stack.SignInAsync(context.AuthorizationUri)).Query);
                return new AuthorizationResult { Code = answer["code"]!, State = answer["state"], Iss = answer["iss"] };
            },
        };
        configure(oauth);
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(stack.Server.Resource),
            TransportMode = HttpTransportMode.StreamableHttp,
            OAuth = oauth,
        });
        var options = new McpClientOptions { ProtocolVersion = revision, DiscoverProbeTimeout = TimeSpan.FromSeconds(30) };
        return await McpClient.CreateAsync(transport, options, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static async Task<string> CallAsync(McpClient client, string tool)
    {
        var result = await client.CallToolAsync(tool, cancellationToken: TestContext.Current.CancellationToken);
        return Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
    }
}
