using McpAspire.McpAuthorization.Policies;
using McpAspire.McpAuthorization.Tests.Infrastructure;
using Microsoft.Extensions.Options;

namespace McpAspire.McpAuthorization.Tests;

public sealed class OptionsTests
{
    private static readonly Dictionary<string, Action<McpAuthorizationOptions>> Mistakes = new()
    {
        ["McpAuthorizationOptions.Resource is 'mcp'; it must be the absolute http or https URL of the MCP endpoint, without a fragment."] = options => options.Resource = "mcp",
        ["McpAuthorizationOptions.AuthorizationServers is empty; it needs the issuer URL of at least one authorization server."] = options => options.AuthorizationServers.Clear(),
        ["McpAuthorizationOptions.Scopes includes 'delete' in another scope, but does not declare it; declared are: things:read, things:write, billing, all."] = options => options.Scopes.Add("all", "delete"),
        ["McpAuthorizationOptions.ChallengeScopes contains 'read', which is not declared; declared are: things:read, things:write, billing."] = options => options.ChallengeScopes.Add("read"),
        ["McpAuthorizationOptions.ToolPolicies demands 'x' for the tool 't', which is not declared; declared are: things:read, things:write, billing."] = options => options.ToolPolicies["t"] = ToolPolicy.Scopes("x"),
        ["McpAuthorizationOptions.AllowedOrigins contains 'http://a/b'; an origin is scheme, host and port without a path, for example http://localhost:6274."] = options => options.AllowedOrigins.Add("http://a/b"),
        ["McpAuthorizationOptions.MaxRequestBodySize is 0; it must be a positive number of bytes."] = options => options.MaxRequestBodySize = 0,
    };

    public static TheoryData<string> Sentences() => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(Sentences))]
    public async Task Start_WithAMistake_FailsWithASentence(string sentence)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ProtectedServer.StartAsync(Mistakes[sentence]));

        Assert.Equal([sentence], failure.Failures);
    }
}
