using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Registration;

namespace McpAspire.IdentityProvider.Cimd;

/// <summary>Keycloak's client policy for client ID metadata documents: which URLs may be a client id.</summary>
internal sealed record CimdPolicy
{
    private const string Executor = "client-id-metadata-document";
    private const string Condition = "client-id-uri";

    /// <summary>Schemes and hosts of the client ids that the policy speaks about at all.</summary>
    public required IReadOnlyList<string> Schemes { get; init; }

    public required IReadOnlyList<string> ConditionDomains { get; init; }

    public bool AllowHttp { get; init; }

    /// <summary>Hosts of client ids and of every address in a document. Empty or <c>*</c>: nobody.</summary>
    public required IReadOnlyList<string> PermittedDomains { get; init; }

    public bool SameDomain { get; init; }

    public bool OnlyConfidential { get; init; }

    public IReadOnlyList<string> RequiredProperties { get; init; } = [];

    public bool Concerns(Uri clientId)
        => Schemes.Contains(clientId.Scheme) && ConditionDomains.Any(domain => TrustedHosts.Matches(domain, clientId.Host));

    public bool Permits(string host) => PermittedDomains.Any(domain => TrustedHosts.Matches(domain, host));

    /// <summary>Reads <c>clientProfiles</c> and <c>clientPolicies</c>; any other policy stops the start.</summary>
    public static CimdPolicy? Read(RealmNode realm, IReadOnlySet<string> features)
    {
        var executors = ReadProfiles(realm);
        CimdPolicy? found = null;
        if (realm.Object("clientPolicies") is not { } container)
        {
            return null;
        }

        container.Skip("globalPolicies");
        foreach (var node in container.Objects("policies"))
        {
            node.Skip("name", "description");
            if (!node.Bool("enabled", true))
            {
                node.Skip("conditions", "profiles");
                continue;
            }

            if (node.Strings("profiles") is not [var profile] || !executors.TryGetValue(profile, out var executor)
                || node.Objects("conditions") is not [var condition] || condition.String("condition") != Condition || found is not null)
            {
                throw node.Report.Refuse(node.Path, $"is not a single \"{Condition}\" condition with one \"{Executor}\" profile; other client policies are not supported, and ignoring them would weaken the realm.");
            }

            if (!features.Contains(Features.ClientIdMetadata))
            {
                throw node.Report.Refuse(node.Path, "needs the feature cimd; set KC_FEATURES=cimd, as Keycloak demands too.");
            }

            found = Combine(condition.Object("configuration"), executor);
        }

        return found;
    }

    private static Dictionary<string, RealmNode?> ReadProfiles(RealmNode realm)
    {
        var executors = new Dictionary<string, RealmNode?>();
        if (realm.Object("clientProfiles") is not { } container)
        {
            return executors;
        }

        container.Skip("globalProfiles");
        foreach (var node in container.Objects("profiles"))
        {
            node.Skip("description");
            if (node.Objects("executors") is not [var executor] || executor.String("executor") != Executor)
            {
                throw node.Report.Refuse(node.Path, $"is not a single \"{Executor}\" executor; other client policies are not supported, and ignoring them would weaken the realm.");
            }

            executors[node.RequiredString("name")] = executor.Object("configuration");
        }

        return executors;
    }

    private static CimdPolicy Combine(RealmNode? condition, RealmNode? executor) => new()
    {
        Schemes = condition?.Strings("client-id-uri-scheme") ?? [],
        ConditionDomains = condition?.Strings("client-id-uri-allow-permitted-domains") ?? [],
        AllowHttp = executor?.Bool("cimd-allow-http-scheme", false) ?? false,
        PermittedDomains = [.. (executor?.Strings("cimd-allow-permitted-domains") ?? []).Where(domain => domain != "*")],
        SameDomain = executor?.Bool("cimd-restrict-same-domain", false) ?? false,
        OnlyConfidential = executor?.Bool("only-allow-confidential-client", false) ?? false,
        RequiredProperties = executor?.Strings("cimd-required-properties") ?? [],
    };
}
