namespace McpAspire.AppHost;

/// <summary>What every service of the stack needs to be told.</summary>
internal static class ServiceExtensions
{
    /// <summary>The planned port, without a proxy in front: tokens, redirects and YAML name it.</summary>
    public static IResourceBuilder<ProjectResource> ListenOn(this IResourceBuilder<ProjectResource> builder, int port)
        => builder
            .WithHttpEndpoint(port, port, name: "http", isProxied: false)
            .InSameEnvironment();

    /// <summary>Development or Production, as the AppHost itself: without a launch profile nobody else says it.</summary>
    public static IResourceBuilder<ProjectResource> InSameEnvironment(this IResourceBuilder<ProjectResource> builder)
        => builder.WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.ApplicationBuilder.Environment.EnvironmentName);

    /// <summary>Where the realm is, in the shape of Keycloak.AuthServices.</summary>
    public static IResourceBuilder<ProjectResource> WithKeycloakSection(this IResourceBuilder<ProjectResource> builder, StackPlan stack)
        => builder
            .WithEnvironment("Keycloak__realm", "mcp")
            .WithEnvironment("Keycloak__auth-server-url", $"{stack.IdentityUrl}/")
            .WithEnvironment("Keycloak__ssl-required", "none")
            .WithEnvironment("Keycloak__verify-token-audience", "true");
}
