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
    ];

    public static bool Contains(Exchange exchange)
        => Table.Any(entry => entry.Topic == exchange.Topic && entry.Exchange == exchange.Name);
}
