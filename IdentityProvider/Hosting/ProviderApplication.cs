namespace McpAspire.IdentityProvider.Hosting;

/// <summary>The whole provider as one application.</summary>
internal static class ProviderApplication
{
    /// <summary>Builds it; <paramref name="configure"/> lets tests replace services, such as the clock.</summary>
    public static WebApplication Create(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddServiceDefaults();
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
}
