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

    /// <summary>What no recording can show, each with the test that shows it here.</summary>
    public static readonly UnrecordedDifference[] Unrecorded =
    [
        new("A client id metadata document is never fetched from an address inside this machine or network, unless the realm names that very host; Keycloak checks no address.",
            "draft-ietf-oauth-client-id-metadata-document, 6.5 (server-side request forgery)",
            typeof(CimdTests), nameof(CimdTests.Fetch_HostThatResolvesInside_IsNotContacted)),
        new("A placeholder without a value stops the start; Keycloak takes the literal ${NAME}, so that it becomes a secret everybody knows.",
            "RFC 9700, 2.5; CWE-1188", typeof(StartupTests), nameof(StartupTests.Load_PlaceholderWithoutValue_NamesFileAndVariable)),
        new("Members of the realm file that would weaken the realm if they were ignored stop the start.",
            "CWE-636 (not failing securely)", typeof(StartupTests), nameof(StartupTests.Load_MemberThatWouldWeakenTheRealm_IsRefusedByName)),
        new("It listens on the loopback addresses only and refuses the Production environment: it has no administration and no https.",
            "purpose: development and tests", typeof(StartupTests), nameof(StartupTests.Create_InProduction_IsRefusedWithTheReason)),
        new("Redirect URIs are compared after any number of percent-decodings of their path, and hold visible ASCII only.",
            "RFC 9700, 4.1 (insufficient redirect URI validation); CWE-113", typeof(RedirectUriTests), nameof(RedirectUriTests.Matches_NearMiss_IsRefused)),
        new("Sign-ins under way, pushed requests, device codes, clients of metadata documents: each store has an end, and a full one forgets the oldest.",
            "CWE-770 (allocation without limits)", typeof(BoundsTests), nameof(BoundsTests.ExpiringStore_Full_DropsWhatEndsSoonest)),
        new("When too many proofs and assertions are alive new ones are refused, rather than forgetting one that could come again.",
            "RFC 9449, 11.1 (replay)", typeof(BoundsTests), nameof(BoundsTests.UsedIds_Full_RefusesNewOnesUntilSomeExpire)),
        new("Text that a caller sent is cut and cleaned before it is logged.",
            "CWE-117 (log forging)", typeof(LogForgeryTests), nameof(LogForgeryTests.TokenRefused_ScopeWithControlCharacters_StaysOneLine)),
        new("A sign-in gets a new tab id when the password was typed: a tab that somebody else prepared is no use to them.",
            "OWASP ASVS 7.2.4 (session fixation); RFC 6265, 8.5 (cookies do not know ports)", typeof(AttackTests), nameof(AttackTests.SignIn_InATabThatAnAttackerPrepared_LeavesTheAttackerOutside)),
        new("An initial access token can be had as a file for its owner: there is no admin API.",
            "purpose: development and tests", typeof(RegistrationRestartTests), nameof(RegistrationRestartTests.InitialAccessTokenCount_Given_WritesATokenForItsOwnerOnly)),
    ];

    /// <summary>
    /// The button that shows the password needs script, and these pages have none (OWASP ASVS 3.4.3: a policy that allows no script).
    /// It is no line of the table because the recorded page is cleared of it before pages are compared.
    /// </summary>
    public static bool IsScriptButton(JsonObject field)
        => (string?)field["type"] == "button" && ((string?)field["id"])?.EndsWith("-show-password", StringComparison.Ordinal) == true;

    public static bool Covers(Exchange exchange, string difference)
        => Table.Any(entry => (entry.Topic is "*" || entry.Topic == exchange.Topic)
            && (entry.Exchange is "*" || entry.Exchange == exchange.Name)
            && difference.StartsWith(entry.Difference, StringComparison.Ordinal));
}

/// <summary>A difference beyond the recordings: what, what demands it, and the test that shows it.</summary>
internal sealed record UnrecordedDifference(string Reason, string Source, Type Tests, string Test);

/// <summary>One line of the table.</summary>
internal sealed record IntendedDifference(string Topic, string Exchange, string Difference, string Reason, string Source);
