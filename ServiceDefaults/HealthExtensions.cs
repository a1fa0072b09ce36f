using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpAspire.ServiceDefaults;

/// <summary>Readiness at <see cref="ReadyPath"/>, liveness at <see cref="LivePath"/>.</summary>
public static class HealthExtensions
{
    /// <summary>All checks must pass: the service can do its work.</summary>
    public const string ReadyPath = "/health";

    /// <summary>Only checks tagged <see cref="LiveTag"/> must pass: the process answers.</summary>
    public const string LivePath = "/alive";

    /// <summary>Tag of the checks behind <see cref="LivePath"/>.</summary>
    public const string LiveTag = "live";

    /// <summary>Adds the liveness check; a service adds its own readiness checks.</summary>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Logging.AddFilter(HealthChangeLog.FrameworkCategory, LogLevel.None);
        builder.Services.AddSingleton<IHealthCheckPublisher, HealthChangeLog>();
        return builder;
    }

    /// <summary>Maps both health endpoints. They answer a single word and need no sign-in.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(ReadyPath).AllowAnonymous();
        app.MapHealthChecks(LivePath, new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(LiveTag),
        }).AllowAnonymous();
        return app;
    }
}
