namespace Aspire.Hosting.ApplicationModel;

/// <summary>Keycloak as a container.</summary>
public sealed class KeycloakResource(string name, ParameterResource? admin, ParameterResource adminPassword)
    : ContainerResource(name), IResourceWithServiceDiscovery
{
    /// <summary>The user name of the administrator.</summary>
    public ParameterResource? AdminUserNameParameter { get; } = admin;

    /// <summary>The password of the administrator.</summary>
    public ParameterResource AdminPasswordParameter { get; } = adminPassword;
}
