namespace McpAspire.AppHost;

/// <summary>The resource <c>identity</c>, whichever product stands behind it.</summary>
internal static class IdentityExtensions
{
    private const string Name = "identity";
    private const string KeycloakVersion = "26.7.3";
    private const string Management = "management";
    private const string ReadyPath = "/health/ready";

    public static IResourceBuilder<IResource> AddIdentity(this IDistributedApplicationBuilder builder, StackPlan stack, StackSecrets secrets)
        => stack.Identity.Kind switch
        {
            IdentityKind.KeycloakContainer => builder.AddKeycloakContainer(stack, secrets),
            IdentityKind.KeycloakHome => builder.AddKeycloakHome(stack, secrets),
            _ => builder.AddEmbeddedProvider(stack, secrets),
        };

    private static IResourceBuilder<IResource> AddEmbeddedProvider(this IDistributedApplicationBuilder builder, StackPlan stack, StackSecrets secrets)
        => builder.AddProject<Projects.IdentityProvider>(Name, options => options.ExcludeLaunchProfile = true)
            .InSameEnvironment()
            .WithHttpEndpoint(stack.Ports.Identity, stack.Ports.Identity, name: "http", env: "KC_HTTP_PORT", isProxied: false)
            .WithHttpEndpoint(stack.Ports.IdentityManagement, stack.Ports.IdentityManagement, name: Management, env: "KC_HTTP_MANAGEMENT_PORT", isProxied: false)
            .WithEnvironment("KC_HOSTNAME", stack.IdentityUrl)
            .WithEnvironment("IdentityProvider__RealmPath", stack.RealmFile)
            .WithRealmPlaceholders(stack, secrets)
            .WithHttpHealthCheck(ReadyPath, endpointName: Management);

    private static IResourceBuilder<IResource> AddKeycloakHome(this IDistributedApplicationBuilder builder, StackPlan stack, StackSecrets secrets)
    {
        var home = KeycloakHomeFolder.Prepare(stack.Identity.KeycloakHome!, stack.Folder.Folder("keycloak"), stack.RealmFile);
        return builder.AddExecutable(Name, Path.Combine(home, "bin", "kc.sh"), home, "start-dev", "--import-realm")
            .WithHttpEndpoint(stack.Ports.Identity, stack.Ports.Identity, name: "http", env: "KC_HTTP_PORT", isProxied: false)
            .WithHttpEndpoint(stack.Ports.IdentityManagement, stack.Ports.IdentityManagement, name: Management, env: "KC_HTTP_MANAGEMENT_PORT", isProxied: false)
            .WithEnvironment("KC_DB", "dev-mem") // an empty database: the realm is imported as it is for this run
            .WithEnvironment("KC_HTTP_HOST", "127.0.0.1")
            .WithEnvironment("KC_HEALTH_ENABLED", "true")
            .WithEnvironment("KC_HOSTNAME", stack.IdentityUrl)
            .WithRealmPlaceholders(stack, secrets)
            .WithHttpHealthCheck(ReadyPath, endpointName: Management);
    }

    private static IResourceBuilder<IResource> AddKeycloakContainer(this IDistributedApplicationBuilder builder, StackPlan stack, StackSecrets secrets)
        => builder.AddKeycloak(Name, stack.Ports.Identity)
            .WithImageTag(KeycloakVersion)
            .WithRealmImport(Path.GetDirectoryName(stack.RealmFile)!)
            .WithEnvironment("KC_HOSTNAME", stack.IdentityUrl)
            .WithRealmPlaceholders(stack, secrets);

    private static IResourceBuilder<T> WithRealmPlaceholders<T>(this IResourceBuilder<T> builder, StackPlan stack, StackSecrets secrets)
        where T : IResourceWithEnvironment
    {
        builder.WithEnvironment("MCP_RESOURCE", stack.McpResource);
        foreach (var secret in secrets.OfRealm)
        {
            builder.WithEnvironment(secret.Variable, secret.Parameter);
        }

        return builder;
    }
}
