using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Passwords in the forms Keycloak exports (recorded in credentials.json).</summary>
[Trait("Category", "Contract")]
public sealed class CredentialTests
{
    public static TheoryData<string> Algorithms() => [.. Recorded().Select(exchange => exchange.Name)];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task SignIn_WithExportedHash_AcceptsOnlyThePassword(string algorithm)
    {
        var exchange = Recorded().Single(exchange => exchange.Name == algorithm);
        var realm = TestRealm.Variant(realm => TestRealm.User(realm, "alice")["credentials"] = new JsonArray(exchange.Json["credential"]!.DeepClone()));
        await using var provider = await RunningProvider.StartAsync(realm);
        var page = Flows.AuthorizeUrl(provider.Issuer, "mcp-console", Flows.ConsoleCallback, "openid");

        var browser = new Browser(provider.BaseUrl);
        await browser.VisitAsync(page);
        var wrong = await browser.SubmitAsync(("username", "alice"), ("password", "demo-passwort"));
        provider.Clock.Advance(TimeSpan.FromSeconds(5));
        var right = await browser.SubmitAsync(("username", "alice"), ("password", (string)exchange.Json["password"]!));

        Assert.Equal(200, wrong.Status);
        Assert.Equal(302, right.Status);
        Assert.StartsWith(Flows.ConsoleCallback, right.Location, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Exchange> Recorded() => new Recording("credentials", "http://localhost:8080").Exchanges;
}
