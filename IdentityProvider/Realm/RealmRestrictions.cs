namespace McpAspire.IdentityProvider.Realm;

/// <summary>
/// Sorts the realm's members that nothing else reads: those that change nothing on the wire, and those that
/// protect something and are not built here. The latter stop the start.
/// </summary>
internal static class RealmRestrictions
{
    private static readonly (string Member, string Standard)[] Flows =
    [
        ("browserFlow", "browser"), ("directGrantFlow", "direct grant"), ("clientAuthenticationFlow", "clients"),
        ("registrationFlow", "registration"), ("resetCredentialsFlow", "reset credentials"),
        ("firstBrokerLoginFlow", "first broker login"), ("dockerAuthenticationFlow", "docker auth"),
    ];

    private static readonly string[] StricterLifetimes =
        ["clientSessionIdleTimeout", "clientSessionMaxLifespan", "clientOfflineSessionIdleTimeout", "clientOfflineSessionMaxLifespan"];

    /// <summary>Settings of second factors, which no flow here asks for; a user who has one stops the start.</summary>
    private static readonly string[] UnusedPrefixes = ["otpPolicy", "otpSupported", "webAuthnPolicy"];

    public static void Check(RealmNode node)
    {
        CheckFlows(node);
        if (node.String("sslRequired") == "all")
        {
            throw node.Report.Refuse("sslRequired", "is \"all\"; this provider speaks http on loopback only, allowed are \"external\" and \"none\".");
        }

        if (node.Bool("permanentLockout", false))
        {
            throw node.Report.Refuse("permanentLockout", "is true; only temporary lockout is supported, set it to false.");
        }

        if (node.Bool("verifyEmail", false))
        {
            throw node.Report.Refuse("verifyEmail", "is true; mail is not supported, and skipping the check would weaken the sign-in.");
        }

        foreach (var member in StricterLifetimes)
        {
            if (node.Int(member, 0) > 0)
            {
                throw node.Report.Refuse(member, "is set; this lifetime is not supported, and leaving it out would let sessions live longer than they should.");
            }
        }

        if (node.Bool("offlineSessionMaxLifespanEnabled", false))
        {
            throw node.Report.Refuse("offlineSessionMaxLifespanEnabled", "is true; offline sessions without use end after offlineSessionIdleTimeout only, set it to false.");
        }

        RefuseAlgorithm(node);
        ReadComponents(node);
        node.Skip([.. node.Names.Where(name => UnusedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))]);
        node.Skip(
            "offlineSessionMaxLifespan", "ssoSessionIdleTimeoutRememberMe", "ssoSessionMaxLifespanRememberMe",
            "accessTokenLifespanForImplicitFlow", "requiredCredentials", "id", "displayNameHtml", "registrationAllowed", "registrationEmailAsUsername", "rememberMe", "resetPasswordAllowed",
            "editUsernameAllowed", "duplicateEmailsAllowed", "accessCodeLifespanUserAction", "attributes", "requiredActions",
            "internationalizationEnabled", "supportedLocales", "defaultLocale", "loginTheme", "accountTheme", "adminTheme",
            "emailTheme", "smtpServer", "browserSecurityHeaders", "eventsEnabled", "eventsListeners", "eventsExpiration",
            "enabledEventTypes", "adminEventsEnabled", "adminEventsDetailsEnabled", "keycloakVersion", "defaultRole",
            "authenticationFlows", "authenticatorConfig", "userManagedAccessAllowed", "organizationsEnabled",
            "verifiableCredentialsEnabled", "adminPermissionsEnabled", "bruteForceStrategy", "maxTemporaryFailures",
            "actionTokenGeneratedByAdminLifespan", "actionTokenGeneratedByUserLifespan", "localizationTexts");
    }

    private static void CheckFlows(RealmNode node)
    {
        foreach (var (member, standard) in Flows)
        {
            if (node.String(member) is { } flow && flow != standard)
            {
                throw node.Report.Refuse(member, $"is \"{flow}\"; only Keycloak's own \"{standard}\" is supported, and ignoring another flow could weaken the sign-in.");
            }
        }
    }

    private static void RefuseAlgorithm(RealmNode node)
    {
        if (node.String("defaultSignatureAlgorithm") is { } algorithm && algorithm != "RS256")
        {
            throw node.Report.Refuse("defaultSignatureAlgorithm", $"is \"{algorithm}\"; RS256 is supported.");
        }
    }

    private static void ReadComponents(RealmNode node)
    {
        if (node.Object("components") is not { } components)
        {
            return;
        }

        // The user profile says who may edit what; nobody edits users here, so there is nothing to enforce.
        components.Skip("org.keycloak.userprofile.UserProfileProvider", "org.keycloak.keys.KeyProvider",
            "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy");
        components.Finish();
    }
}
