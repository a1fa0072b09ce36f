using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Keys;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>What a data folder keeps over a restart.</summary>
public sealed class RestartTests
{
    private readonly int _port = FreePort.Next();
    private readonly string _data = ScratchFolder.New();

    [Fact]
    public async Task Restart_WithDataFolder_KeepsKeysSessionsAndRefreshTokens()
    {
        Reply tokens;
        Browser browser;
        string keys;
        await using (var first = await StartAsync())
        {
            browser = new Browser(first.BaseUrl);
            tokens = await Flows.TokensAsync(first.Issuer, "mcp-native", "openid tickets:read", browser: browser);
            keys = (await Http.GetAsync($"{first.Issuer}/protocol/openid-connect/certs")).Body;
        }

        await using var second = await StartAsync();
        Assert.Equal(keys, (await Http.GetAsync($"{second.Issuer}/protocol/openid-connect/certs")).Body);
        var introspected = await Http.PostAsync(
            $"{second.Issuer}/protocol/openid-connect/token/introspect", [("token", tokens["access_token"]), .. Flows.Credentials("mcp-server")]);
        Assert.True((bool)introspected.Json["active"]!);
        var refreshed = await Flows.RefreshAsync(second.Issuer, "mcp-native", tokens["refresh_token"]);
        Assert.Equal(200, refreshed.Status);
        var sso = await browser.VisitAsync(Flows.AuthorizeUrl(second.Issuer, "mcp-native", Flows.NativeCallback, "openid tickets:read", "&prompt=none"));
        Assert.Contains("code=", sso.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_AfterRefresh_StillRefusesTheUsedToken()
    {
        Reply tokens;
        await using (var first = await StartAsync())
        {
            tokens = await Flows.TokensAsync(first.Issuer, "mcp-console", "openid");
            Assert.Equal(200, (await Flows.RefreshAsync(first.Issuer, "mcp-console", tokens["refresh_token"])).Status);
        }

        await using var second = await StartAsync();
        var again = await Flows.RefreshAsync(second.Issuer, "mcp-console", tokens["refresh_token"]);
        Assert.Equal("Maximum allowed refresh token reuse exceeded", again["error_description"]);
    }

    [Fact]
    public void LoadOrCreate_OldKey_IsReplacedAndVerifiesForAWhile()
    {
        var born = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var first = KeyFile.LoadOrCreate(_data, "mcp", born);
        var same = KeyFile.LoadOrCreate(_data, "mcp", born + TimeSpan.FromDays(1));
        var rotatedAt = born + KeyFile.RotateAfter + TimeSpan.FromDays(1);
        var rotated = KeyFile.LoadOrCreate(_data, "mcp", rotatedAt);
        var later = KeyFile.LoadOrCreate(_data, "mcp", rotatedAt + KeyFile.Overlap + TimeSpan.FromHours(1));

        Assert.Equal(first.Signing.Id, same.Signing.Id);
        Assert.NotEqual(first.Signing.Id, rotated.Signing.Id);
        Assert.NotNull(rotated.FindVerification(first.Signing.Id));
        Assert.Equal(rotated.Signing.Id, later.Signing.Id);
        Assert.Null(later.FindVerification(first.Signing.Id));
        Assert.Equal(first.Own.Id, later.Own.Id);
    }

    [Fact]
    public void LoadOrCreate_FileOthersCanRead_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such file mode");
        KeyFile.LoadOrCreate(_data, "mcp", DateTimeOffset.UtcNow);
        var file = Directory.GetFiles(_data).Single();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        }

        Assert.Contains("owner", Assert.Throws<StartupException>(() => KeyFile.LoadOrCreate(_data, "mcp", DateTimeOffset.UtcNow)).Message, StringComparison.Ordinal);
    }

    /// <summary>Both starts use one port: the issuer is part of every token.</summary>
    private Task<RunningProvider> StartAsync() => RunningProvider.StartOnAsync(_port, null, $"--IdentityProvider:DataPath={_data}");
}
