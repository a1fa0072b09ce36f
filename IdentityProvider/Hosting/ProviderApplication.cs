using McpAspire.ServiceDefaults;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>The whole provider as one application.</summary>
internal static class ProviderApplication
{
    /// <summary>Builds it; <paramref name="configure"/> lets tests replace services, such as the clock.</summary>
    public static WebApplication Create(string[] args, Action<IServiceCollection>? configure = null)
    {
        // Every setting is read once, so that nothing need watch files for changes.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        AddTelemetryIfCollected(builder);
        builder.AddIdentityProvider();
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseManagementEndpoints();
        app.UseKeycloakHeaders();
        app.UseErrorAnswers();
        app.UseRealms();
        app.MapRealmEndpoints();
        return app;
    }

    /// <summary>
    /// Of the service defaults this provider needs telemetry only: it has Keycloak's health endpoints and calls no service. Loading
    /// OpenTelemetry takes as long as everything else it does before it listens, so it is left out where nothing collects.
    /// </summary>
    private static void AddTelemetryIfCollected(WebApplicationBuilder builder)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            builder.AddTelemetry();
        }
    }
}
