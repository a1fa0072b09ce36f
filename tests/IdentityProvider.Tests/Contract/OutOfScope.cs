namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>Entries of the recordings that are no exchange with the provider, and why they are not played.</summary>
internal static class OutOfScope
{
    private const string AdminApi = "asks Keycloak's admin API, which the embedded provider does not have";

    private static readonly (string Topic, string Exchange, string Reason)[] Table =
    [
        ("brute-force", "after two quick failures", AdminApi),
        ("brute-force", "after that", AdminApi),
        ("brute-force", "after ten slow failures (failureFactor 10)", AdminApi),
        ("brute-force", "then", AdminApi),
        ("brute-force", "formula", "a remark; BruteForceProtectionTests check it"),
        ("registration", "initial access token", AdminApi),
        ("registration", "registration policies of a new realm", AdminApi),
        ("resource-indicators", "discovery", "no request: discovery has no member for it, as the discovery topic checks"),
        ("cimd", "discovery without policy", "no request; CimdTests check the member"),
        ("cimd", "the policy", "the policy itself, which CimdTopic uses"),
        ("cimd", "discovery with policy", "no request; CimdTests check the member"),
        ("cimd", "the client that Keycloak stored", AdminApi),
        ("cimd", "tickets:read asked by a CIMD client", "no request; its code is redeemed in the next exchange"),
        ("traps", "*", "draft realms, the admin API and the account console"),
        ("credentials", "*", "no exchanges: CredentialTests sign in with each of them"),
    ];

    public static bool Contains(Exchange exchange)
        => Table.Any(entry => entry.Topic == exchange.Topic && (entry.Exchange is "*" || entry.Exchange == exchange.Name));
}
