using System.Diagnostics;

namespace McpAspire.McpServer.Tests;

public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("Keycloak:verify-token-audience", "false", "Keycloak:verify-token-audience is 'false'; only true is allowed")]
    [InlineData("Keycloak:verify-token-audience", "perhaps", "'perhaps' at 'Keycloak:verify-token-audience'")]
    [InlineData("Keycloak:ssl-required", "all", "Keycloak:ssl-required is 'all', which demands https there")]
    [InlineData("McpServer:SessionMode", "Sticky", "McpServer:SessionMode is 'Sticky'; allowed are Stateless, Stateful, StatefulForInitializeClients.")]
    [InlineData("McpServer:AllowedOrigins:0", "http://localhost:6274/", "'http://localhost:6274/'; an origin is scheme, host and port without a path")]
    [InlineData("McpServer:RequestsPerMinute", "-1", "McpServer:RequestsPerMinute is '-1'; allowed are 0 (no limit) to 1000000.")]
    [InlineData("McpServer:AuditRetentionDays", "99999", "McpServer:AuditRetentionDays is '99999'; allowed are 0 (no limit) to 36500.")]
    [InlineData("McpServer:AuditMaxRows", "many", "'many' at 'McpServer:AuditMaxRows'")]
    [InlineData("ConnectionStrings:tickets", "Server=db", "ConnectionStrings:tickets is not a SQLite connection string")]
    public async Task Start_WithAWrongSetting_SaysASentenceAndExitsWith1(string key, string value, string sentence)
    {
        var (exitCode, error) = await RunAsync($"--{key}={value}");

        Assert.Equal(1, exitCode);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(string setting)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "McpServer.dll"), setting])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["DOTNET_ENVIRONMENT"] = "Production" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await output;
        return (process.ExitCode, error);
    }
}
