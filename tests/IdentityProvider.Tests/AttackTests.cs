using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.State;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>What an attacker tries at the sign-in, between realms, and on the disk.</summary>
public sealed class AttackTests
{
    /// <summary>Cookies know no ports: any server on localhost can plant one. Whoever did must not go on with what the victim typed.</summary>
    [Fact]
    public async Task SignIn_InATabThatAnAttackerPrepared_LeavesTheAttackerOutside()
    {
        await using var provider = await RunningProvider.StartAsync();
        var attacker = new Browser(provider.BaseUrl);
        await attacker.VisitAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-native", Flows.NativeCallback, "openid tickets:read"));
        var tab = attacker.Form.Action[(attacker.Form.Action.IndexOf('?') + 1)..];

        var victim = new Browser(provider.BaseUrl);
        victim.SetCookie("AUTH_SESSION_ID", attacker.Cookies["AUTH_SESSION_ID"]);
        var typed = await victim.SendAsync(
            "POST", attacker.Form.Action, [new("username", "alice"), new("password", "demo-password")]);
        Assert.Contains("required-action", typed.Location, StringComparison.Ordinal);

        var query = string.Join('&', tab.Split('&').Where(part => !part.StartsWith("session_code=", StringComparison.Ordinal)));
        var page = await attacker.VisitAsync($"{provider.Issuer}/login-actions/required-action?{query}");
        Assert.NotEqual(200, page.Status);
        Assert.DoesNotContain("KEYCLOAK_IDENTITY", attacker.Cookies.Keys);
        Assert.Equal(200, (await victim.FollowAsync(typed)).Status);
        Assert.Contains("code=", (await victim.SubmitAsync(("accept", "Yes"))).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_OfAnotherRealmOnThePort_AreWorthNothing()
    {
        var folder = ScratchFolder.New();
        File.Copy(TestRealm.Shipped, Path.Combine(folder, "one.json"));
        File.Copy(TestRealm.Variant(realm => realm["realm"] = "other"), Path.Combine(folder, "two.json"));
        await using var provider = await RunningProvider.StartAsync(folder);
        var other = $"{provider.BaseUrl}/realms/other";
        var browser = new Browser(provider.BaseUrl);
        var tokens = await Flows.TokensAsync(provider.Issuer, "mcp-console", "openid", browser: browser);
        var silent = "&prompt=none";

        // A real browser would not even send them: their path is the realm's.
        Assert.Contains("error=login_required", (await browser.VisitAsync(Flows.AuthorizeUrl(other, "mcp-console", Flows.ConsoleCallback, "openid", silent))).Location, StringComparison.Ordinal);
        Assert.Equal("Invalid refresh token", (await Flows.RefreshAsync(other, "mcp-console", tokens["refresh_token"]))["error_description"]);
        var seen = await Http.SendAsync("GET", $"{other}/protocol/openid-connect/userinfo", headers: [new("Authorization", $"Bearer {tokens["access_token"]}")]);
        Assert.Equal(401, seen.Status);
        var code = await Flows.CodeAsync(new Browser(provider.BaseUrl), provider.Issuer, "mcp-console", "openid");
        Assert.Equal("Code not valid", (await Flows.RedeemAsync(other, "mcp-console", code))["error_description"]);
    }

    [Fact]
    public async Task PushedRequest_OfAnotherClient_IsNotUsable()
    {
        await using var provider = await RunningProvider.StartAsync();
        var pushed = await Http.PostAsync(
            $"{provider.Issuer}/protocol/openid-connect/ext/par/request",
            [("response_type", "code"), ("redirect_uri", Flows.ConsoleCallback), ("scope", "openid"), .. Flows.Credentials("mcp-console")]);
        string Url(string client) => $"{provider.Issuer}/protocol/openid-connect/auth?client_id={client}&request_uri={Uri.EscapeDataString(pushed["request_uri"])}";

        Assert.Equal(400, (await Http.GetAsync(Url("mcp-audit"))).Status);
        Assert.Equal(302, (await Http.GetAsync(Url("mcp-console"))).Status);
    }

    [Fact]
    public async Task Consent_NotYetGiven_CannotBeSkippedByPromptNone()
    {
        await using var provider = await RunningProvider.StartAsync();
        var browser = new Browser(provider.BaseUrl);
        await Flows.TokensAsync(provider.Issuer, "mcp-console", "openid", browser: browser);
        var reply = await browser.VisitAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-native", Flows.NativeCallback, "openid tickets:read", "&prompt=none"));
        Assert.Contains("error=interaction_required", reply.Location, StringComparison.Ordinal);
        Assert.DoesNotContain("code=", reply.Location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openid")]
    [InlineData("openid offline_access")]
    public async Task Restart_WithThePersonDisabled_EndsWhatTheyHad(string scope)
    {
        var (port, data) = (FreePort.Next(), ScratchFolder.New());
        var browser = new Browser($"http://localhost:{port}");
        Reply tokens;
        await using (var first = await StartAsync(port, data, null))
        {
            tokens = await Flows.TokensAsync(first.Issuer, "mcp-native", scope, browser: browser);
        }

        await using var second = await StartAsync(port, data, TestRealm.Variant(realm => TestRealm.User(realm, "alice")["enabled"] = false));
        Assert.Equal("invalid_grant", (await Flows.RefreshAsync(second.Issuer, "mcp-native", tokens["refresh_token"]))["error"]);
        var silent = await browser.VisitAsync(Flows.AuthorizeUrl(second.Issuer, "mcp-native", Flows.NativeCallback, scope, "&prompt=none"));
        Assert.Contains("error=login_required", silent.Location, StringComparison.Ordinal);
        var seen = await Http.SendAsync("GET", $"{second.Issuer}/protocol/openid-connect/userinfo", headers: [new("Authorization", $"Bearer {tokens["access_token"]}")]);
        Assert.Equal(401, seen.Status);
    }

    [Fact]
    public async Task Restart_WithTheClientGone_EndsItsTokens()
    {
        var (port, data) = (FreePort.Next(), ScratchFolder.New());
        Reply tokens;
        await using (var first = await StartAsync(port, data, null))
        {
            tokens = await Flows.TokensAsync(first.Issuer, "mcp-native", "openid");
        }

        await using var second = await StartAsync(port, data, TestRealm.Variant(realm => realm["clients"]!.AsArray().Remove(TestRealm.Client(realm, "mcp-native"))));
        Assert.Equal("invalid_client", (await Flows.RefreshAsync(second.Issuer, "mcp-native", tokens["refresh_token"]))["error"]);
        var seen = await Http.SendAsync("GET", $"{second.Issuer}/protocol/openid-connect/userinfo", headers: [new("Authorization", $"Bearer {tokens["access_token"]}")]);
        Assert.Equal(401, seen.Status);
    }

    [Fact]
    public void DataFolder_ThatEverybodyMayWriteTo_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such file mode");
        var folder = ScratchFolder.New();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        }

        Assert.Contains("IdentityProvider__DataPath", Assert.Throws<StartupException>(() => OwnerOnlyFile.CreateFolder(folder)).Message, StringComparison.Ordinal);
    }

    /// <summary>The names of the files are known: a link that waits there must not be followed.</summary>
    [Fact]
    public void OwnerOnlyFile_LinkInItsPlace_IsReplacedAndNotFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        var folder = ScratchFolder.New();
        var (target, path) = (Path.Combine(folder, "target"), Path.Combine(folder, "file"));
        File.WriteAllText(target, "mine");
        File.CreateSymbolicLink(path, target);
        File.CreateSymbolicLink($"{path}.new", target);

        OwnerOnlyFile.Write(path, "secret"u8.ToArray());
        Assert.Equal("mine", File.ReadAllText(target));
        Assert.Equal("secret", File.ReadAllText(path));
        Assert.Null(new FileInfo(path).LinkTarget);
    }

    private static Task<RunningProvider> StartAsync(int port, string data, string? realm)
        => RunningProvider.StartOnAsync(port, realm, $"--IdentityProvider:DataPath={data}");
}
