namespace McpAspire.AppHost;

/// <summary>What can stand behind the resource <c>identity</c>.</summary>
internal enum IdentityKind
{
    /// <summary>The project <c>IdentityProvider</c>.</summary>
    Embedded,

    /// <summary>An unpacked Keycloak, started by its <c>kc.sh</c>.</summary>
    KeycloakHome,

    /// <summary>Keycloak's container image.</summary>
    KeycloakContainer,
}
