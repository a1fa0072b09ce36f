using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Keycloak as a container: for the Aspire engine only.</summary>
public static class KeycloakResourceBuilderExtensions
{
    /// <summary>Refuses: the local engine has no containers.</summary>
    public static IResourceBuilder<KeycloakResource> AddKeycloak(
        this IDistributedApplicationBuilder builder,
        string name,
        int? port = null,
        IResourceBuilder<ParameterResource>? adminUsername = null,
        IResourceBuilder<ParameterResource>? adminPassword = null)
        => throw new DistributedApplicationException(
            $"The local engine cannot run the Keycloak container '{name}': build with HostingEngine=aspire (dotnet run -p:HostingEngine=aspire), or use another identity provider.");

    /// <summary>Imports realm files.</summary>
    public static IResourceBuilder<KeycloakResource> WithRealmImport(this IResourceBuilder<KeycloakResource> builder, string import)
        => builder;

    /// <summary>Keeps the data in a volume.</summary>
    public static IResourceBuilder<KeycloakResource> WithDataVolume(this IResourceBuilder<KeycloakResource> builder, string? name = null)
        => builder;
}
