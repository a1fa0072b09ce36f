using McpAspire.IdentityProvider.Clients;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Near misses of redirect URIs, beyond those recorded from Keycloak.</summary>
public sealed class RedirectUriTests
{
    private static readonly string[] Registered = ["http://localhost:5100/*", "http://127.0.0.1/*", "https://app.example/exact", "vscode://vscode.dev/*", "https://*.wild.example/*", "http://*/*"];

    [Theory]
    [InlineData("http://localhost:5100/signin/callback")]
    [InlineData("http://127.0.0.1:33418/")]
    [InlineData("https://app.example/exact")]
    [InlineData("vscode://vscode.dev/redirect")]
    public void Matches_RegisteredUri_IsAccepted(string uri) => Assert.True(RedirectUris.Matches(Registered, uri));

    [Theory]
    [InlineData("http://localhost:51000/x")]
    [InlineData("http://localhost:5100.evil.example/x")]
    [InlineData("http://localhost:5100@evil.example/x")]
    [InlineData("http://evil.example/http://localhost:5100/x")]
    [InlineData("http://localhost:5100/%2e%2e/x")]
    [InlineData("http://localhost:5100/%252e%252e/x")]
    [InlineData("http://localhost:5100/a/.%2e/x")]
    [InlineData("http://localhost:5100\\x")]
    [InlineData("http://localhost:5100/x\r\nSet-Cookie: a=b")]
    [InlineData("http://localhost:5100/\u00e4")]
    [InlineData("http://127.0.0.1.evil.example/x")]
    [InlineData("http://127.0.0.1:1:2@evil.example/x")]
    [InlineData("https://app.example/exact/more")]
    [InlineData("https://app.example/EXACT")]
    [InlineData("HTTPS://app.example/exact")]
    [InlineData("https://app.example:444/exact")]
    [InlineData("javascript:alert(1)//http://localhost:5100/")]
    [InlineData("//localhost:5100/x")]
    [InlineData("http://LOCALHOST:5100/x")]
    [InlineData("https://App.Example/exact")]
    [InlineData("https://any.wild.example/x")]
    [InlineData("https://wild.example/x")]
    [InlineData("http://evil.example/x")]
    [InlineData("http://[::1]:5100/x")]
    [InlineData("https://localhost:5100/x")]
    [InlineData("http://127.1/x")]
    [InlineData("http://2130706433/x")]
    [InlineData("http://localhost.:5100/x")]
    [InlineData("https://app.example/exact/")]
    [InlineData("https://app.example/exact?x=1")]
    [InlineData("https://app.example/exact#x")]
    public void Matches_NearMiss_IsRefused(string uri) => Assert.False(RedirectUris.Matches(Registered, uri));
}
