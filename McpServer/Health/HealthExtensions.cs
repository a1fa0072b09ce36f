namespace McpAspire.McpServer.Health;

/// <summary>Ready means: tickets can be read and tokens can be validated.</summary>
internal static class HealthExtensions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static WebApplicationBuilder AddReadiness(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks()
            .AddCheck<DatabaseHealthCheck>("database", timeout: Timeout)
            .AddCheck<SigningKeysHealthCheck>("signing-keys", timeout: Timeout);
        return builder;
    }
}
