using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>
/// Where the embedded provider differs from Keycloak on purpose. Each has a reason and what demands it; a
/// difference that is not here fails the contract.
/// </summary>
internal static class IntendedDifferences
{
    private static readonly IntendedDifference[] Table =
    [
        new("*", "*", "header Content-Security-Policy: lacks \"frame-src 'self'",
            "Pages load nothing, so the policy allows nothing: default-src 'none', framing by nobody.",
            "OWASP ASVS 3.4.3; RFC 9700, 4.16 (clickjacking)"),
        new("*", "*", "header Content-Security-Policy: has \"default-src 'none';",
            "The stricter policy itself.", "OWASP ASVS 3.4.3; RFC 9700, 4.16 (clickjacking)"),
        new("*", "*", "page.title: is \"OIDC Form_Post Response\", recorded as null",
            "The self-posting page is well-formed HTML: its title is a title.", "WCAG 2.2, 2.4.2 (page titled)"),
        new("*", "*", "page.text: is \"JavaScript is disabled. We strongly recommend to enable it. Click the button below to continue .\"",
            "The same: Keycloak's title ends up in its text.", "WCAG 2.2, 2.4.2 (page titled)"),
        .. NoServerError("client credentials, resource = resource_url of mcp-server", 200),
        .. NoServerError("client credentials, urn:client:mcp-server", 200),
        .. NoServerError("client credentials, resource but no scope that brings the audience", 400),
        .. NoServerError("resource at auth without the scope", 400),
    ];

    /// <summary>Keycloak 26.7.3 meets a null pointer and answers 500; here a known resource works, and an unmapped one is refused.</summary>
    private static IEnumerable<IntendedDifference> NoServerError(string exchange, int status)
    {
        const string Reason = "No 500: a resource whose audience the scopes bring narrows the token, another one is invalid_target.";
        const string Source = "RFC 8707, 2 and 2.2";
        string[] differences = [$"status: is {status}, recorded as 500", "header Cache-Control:", "header Pragma:", "json."];
        return differences.Select(difference => new IntendedDifference("resource-indicators", exchange, difference, Reason, Source));
    }

    /// <summary>The button that shows the password needs script, and these pages have none.</summary>
    public static bool IsScriptButton(JsonObject field)
        => (string?)field["type"] == "button" && ((string?)field["id"])?.EndsWith("-show-password", StringComparison.Ordinal) == true;

    public static bool Covers(Exchange exchange, string difference)
        => Table.Any(entry => (entry.Topic is "*" || entry.Topic == exchange.Topic)
            && (entry.Exchange is "*" || entry.Exchange == exchange.Name)
            && difference.StartsWith(entry.Difference, StringComparison.Ordinal));
}

/// <summary>One line of the table.</summary>
internal sealed record IntendedDifference(string Topic, string Exchange, string Difference, string Reason, string Source);
