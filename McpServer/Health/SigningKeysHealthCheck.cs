using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace McpAspire.McpServer.Health;

/// <summary>Without the provider's keys no token can be validated: every call would be a 401.</summary>
internal sealed class SigningKeysHealthCheck(IOptionsMonitor<JwtBearerOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var provider = options.Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager!;
            var configuration = await provider.GetConfigurationAsync(cancellationToken);
            return configuration.SigningKeys.Count > 0
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(context.Registration.FailureStatus, "The identity provider publishes no signing key.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The identity provider's signing keys cannot be had: {exception.GetBaseException().Message}");
        }
    }
}
