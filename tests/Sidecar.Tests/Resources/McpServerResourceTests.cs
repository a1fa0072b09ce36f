using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Resources;

/// <summary>What an MCPServer document may say.</summary>
public sealed class McpServerResourceTests
{
    private const string Url = "streamableHTTP: { url: 'http://localhost/mcp' }";

    [Fact]
    public void Document_IsReadWithAllItsFields()
    {
        var server = Assert.Single(Load("""
            {
              catalog: { displayName: Tickets, description: d, owner: { team: t }, tags: [a], links: { docs: 'https://example.com' } },
              endpoint: {
                streamableHTTP: {
                  url: 'https://tickets.example.com/mcp', protocolVersion: '2025-06-18', timeout: 1m30s,
                  headers: [{ name: X-Key, secretKeyRef: { name: n, key: k } }],
                  auth: { secretStore: s, oauth2: { issuer: 'https://idp.example.com/token', clientID: c, scopes: [a, b], audience: aud, secretKeyRef: { name: client } } } } },
              ignoreErrors: true }
            """).McpServers);

        Assert.Equal(("tools", new Uri("https://tickets.example.com/mcp"), "2025-06-18", TimeSpan.FromSeconds(90), true), (server.Name, server.Url, server.ProtocolVersion, server.Timeout, server.IgnoresErrors));
        Assert.Equal(("X-Key", new SecretKeyRef("n", "k"), "s"), (server.Values[0].Name, server.Values[0].Secret, server.SecretStore));
        Assert.Equal((new Uri("https://idp.example.com/token"), "c", "aud", new SecretKeyRef("client", "client")), (server.OAuth2!.TokenUrl, server.OAuth2.ClientId, server.OAuth2.Audience, server.OAuth2.Secret.Secret));
        Assert.Equal(["a", "b"], server.OAuth2.Scopes);
    }

    [Theory]
    [InlineData("sse: { url: 'http://localhost/sse' }", true, "http://localhost/sse", "")]
    [InlineData("stdio: { command: server, args: [a, b], env: [{ name: N, value: v }] }", false, null, "server")]
    [InlineData("stdio: { command: /usr/bin/server }", false, null, "/usr/bin/server")]
    [InlineData("stdio: { command: ./tools/server }", false, null, "./tools/server")]
    public void Transports_AreKnown(string endpoint, bool isSse, string? url, string command)
    {
        var server = Assert.Single(Load($"{{ endpoint: {{ {endpoint} }} }}").McpServers);

        Assert.Equal((isSse, url, command, McpServerResource.DefaultTimeout), (server.IsSse, server.Url?.OriginalString, server.Command, server.Timeout));
    }

    [Theory]
    [InlineData("{ }", "'spec.endpoint' is missing")]
    [InlineData("{ endpoint: { } }", "names not exactly one")]
    [InlineData("{ endpoint: { streamableHTTP: } }", "names not exactly one")]
    [InlineData("{ endpoint: { " + Url + ", sse: { url: 'http://localhost/sse' } } }", "names not exactly one")]
    [InlineData("{ endpoint: { streamableHttpp: { url: x } } }", "no field 'streamableHttpp'")]
    [InlineData("{ endpoint: { streamableHTTP: { url: 'ftp://localhost/mcp' } } }", "none that is allowed: an absolute http or https URL")]
    [InlineData("{ endpoint: { streamableHTTP: { url: /mcp } } }", "none that is allowed: an absolute http or https URL")]
    [InlineData("{ endpoint: { streamableHTTP: { } } }", "url' is missing")]
    [InlineData("{ endpoint: { streamableHTTP: { url: 'http://localhost', timeout: soon } } }", "allowed is a duration")]
    [InlineData("{ endpoint: { stdio: { command: ../server } } }", "outside the working folder")]
    [InlineData("{ endpoint: { stdio: { command: tools/../../server } } }", "outside the working folder")]
    [InlineData("{ endpoint: { " + Url + " }, middleware: { beforeCallTool: [{ workflow: { workflowName: w } }] } }", "would not be asked")]
    [InlineData("{ endpoint: { streamableHTTP: { url: 'http://localhost', auth: { spiffe: { jwt: { header: h, audience: a } } } } } }", "would be made without it")]
    [InlineData("{ endpoint: { streamableHTTP: { url: 'http://localhost', auth: { oauth2: } } } }", "without a token")]
    [InlineData("{ endpoint: { streamableHTTP: { url: 'http://localhost', auth: { spiffe: } } } }", "would be made without it")]
    [InlineData("{ endpoint: { streamableHTTP: { url: 'http://localhost', auth: { oauth2: { issuer: 'https://i' } } } } }", "secretKeyRef' is missing")]
    [InlineData("{ endpoint: { streamableHTTP: { url: 'http://localhost', auth: { oauth2: { issuer: i, secretKeyRef: { name: n } } } } } }", "the token endpoint")]
    public void Document_ThatWouldNotDoWhatItSays_IsRefused_OrLeftOutWhereItSaysSo(string spec, string reason)
    {
        var problem = Assert.Throws<ResourceException>(() => Load(spec));
        var ignoring = Load(spec.Insert(spec.LastIndexOf('}'), spec == "{ }" ? "ignoreErrors: true" : ", ignoreErrors: true"));

        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
        Assert.Empty(ignoring.McpServers);
        var warning = Assert.Single(ignoring.Warnings);
        Assert.Contains("Ignoring error processing MCPServer: process MCPServer tools error: MCPServer \"tools\" failed", warning, StringComparison.Ordinal);
        Assert.Contains(reason, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scopes: [app]", 1)]
    [InlineData("scopes: [other]", 0)]
    public void Scopes_SayWhoseItIs(string scopes, int count) => Assert.Equal(count, Load($"{{ endpoint: {{ {Url} }} }}", scopes).McpServers.Count);

    [Fact]
    public void Name_UsedTwice_IsRefused()
    {
        var problem = Assert.Throws<ResourceException>(() => Load($"{{ endpoint: {{ {Url} }} }}", "---\napiVersion: dapr.io/v1alpha1\nkind: MCPServer\nmetadata: { name: tools }\nspec: { endpoint: { " + Url + " } }"));

        Assert.Contains("The MCPServer 'tools' is defined twice", problem.Message, StringComparison.Ordinal);
    }

    private static ResourceSet Load(string spec, string rest = "")
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/server.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: MCPServer\nmetadata: {{ name: tools }}\nspec: {spec}\n{rest}\n");
        return ResourceLoader.Load(new SidecarOptions { AppId = "app", ResourcesPaths = [folder.PathOf("resources")] });
    }
}
