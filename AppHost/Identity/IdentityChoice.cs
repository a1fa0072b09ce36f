namespace McpAspire.AppHost;

/// <summary>Which identity provider runs, and why.</summary>
/// <param name="Kind">What runs.</param>
/// <param name="Reason">Said at start.</param>
/// <param name="KeycloakHome">An unpacked Keycloak, when that is what runs.</param>
internal sealed record IdentityChoice(IdentityKind Kind, string Reason, string? KeycloakHome = null)
{
    /// <summary>As users write it in <c>McpAspire:Identity</c>.</summary>
    public string Name => Kind == IdentityKind.Embedded ? "embedded" : "keycloak";

    private static readonly TimeSpan DaemonLimit = TimeSpan.FromSeconds(5);

    public static IdentityChoice Make(StackOptions options)
    {
        if (options.Identity == "embedded")
        {
            return new(IdentityKind.Embedded, "McpAspire:Identity asks for it");
        }

        if (Environment.GetEnvironmentVariable("KEYCLOAK_HOME") is { Length: > 0 } home)
        {
            return File.Exists(Path.Combine(home, "bin", "kc.sh"))
                ? new(IdentityKind.KeycloakHome, "KEYCLOAK_HOME names an unpacked Keycloak", home)
                : throw new DistributedApplicationException($"KEYCLOAK_HOME is '{home}', but there is no bin/kc.sh in it. Unpack Keycloak there, or unset the variable.");
        }

        if (BuildFacts.OnAspire && ContainerRuntime() is { } runtime)
        {
            return new(IdentityKind.KeycloakContainer, $"{runtime} answers");
        }

        var missing = BuildFacts.OnAspire
            ? "no container runtime answers, and KEYCLOAK_HOME is not set"
            : "KEYCLOAK_HOME is not set, and containers need HostingEngine=aspire";
        return options.Identity == "keycloak"
            ? throw new DistributedApplicationException($"McpAspire:Identity is 'keycloak', but {missing}.")
            : new(IdentityKind.Embedded, missing);
    }

    private static string? ContainerRuntime()
        => Array.Find(["docker", "podman"], name => Commands.FindOnPath(name) is { } path && Commands.Succeeds(path, "info", DaemonLimit));
}
