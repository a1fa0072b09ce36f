using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>What a caller sends cannot begin a line of the log, or turn one around.</summary>
public sealed class LogForgeryTests
{
    private readonly FakeLogCollector _log = FakeLogCollector.Create(new FakeLogCollectorOptions());

    [Theory]
    [InlineData("x\r\ninfo: alice signed in")]
    [InlineData("x\u001b[2Jy")]
    [InlineData("x\u2028y")]
    [InlineData("x\u202ey")]
    [InlineData("x\u0085y")]
    public async Task TokenRefused_ScopeWithControlCharacters_StaysOneLine(string scope)
    {
        await using var provider = await StartAsync();
        var reply = await Flows.ServiceTokensAsync(provider.Issuer, "mcp-agent", scope);

        Assert.Equal("invalid_scope", reply["error"]);
        var line = Assert.Single(_log.GetSnapshot(), record => record.Message.Contains("Invalid scopes", StringComparison.Ordinal)).Message;
        Assert.Contains("Invalid scopes: x\uFFFD", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, letter => char.IsControl(letter) || letter is '\u2028' or '\u202e');
    }

    [Fact]
    public async Task TokenRefused_LongScope_IsCut()
    {
        await using var provider = await StartAsync();
        await Flows.ServiceTokensAsync(provider.Issuer, "mcp-agent", new string('x', 3000));
        Assert.All(_log.GetSnapshot(), record => Assert.True(record.Message.Length < 500));
        Assert.Contains(_log.GetSnapshot(), record => record.Message.Contains("Invalid scopes", StringComparison.Ordinal));
    }

    [Fact]
    public void EveryMessage_WithForeignText_StaysOneLine()
    {
        const string Forged = "http://client.example/\nwarn: forged";
        var log = new ProviderLog(new FakeLogger<ProviderLog>(_log));
        log.CodeReused("mcp", Forged);
        log.RefreshTokenReused("mcp", Forged);
        log.SignedIn("mcp", "alice", Forged);
        log.SignInFailed("mcp", Forged);
        log.Unexpected(new InvalidOperationException("x"), "GET", Forged);
        log.TokenRefused("mcp", "invalid_scope", Forged);
        Assert.Equal(6, _log.Count);
        Assert.All(_log.GetSnapshot(), record => Assert.DoesNotContain('\n', record.Message));
    }

    private Task<RunningProvider> StartAsync() => RunningProvider.StartAsync(
        FreePort.Next(), null, services => services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(_log)), "--Logging:LogLevel:Default=Information", "--Logging:Console:LogLevel:Default=None");
}
