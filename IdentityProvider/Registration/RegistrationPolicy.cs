using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Registration;

/// <summary>Keycloak's client registration policies, for callers with and without a token.</summary>
internal sealed record RegistrationPolicy
{
    private const string Component = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";

    /// <summary>What a realm has that names no policy: nobody registers without a token.</summary>
    public static readonly RegistrationPolicy Default = new();

    /// <summary>Hosts that may register without a token; null: no such policy, so every host may.</summary>
    public IReadOnlyList<string>? TrustedHosts { get; init; } = [];

    public bool HostMustMatch { get; init; } = true;

    public bool UrisMustMatch { get; init; } = true;

    public bool ConsentRequired { get; init; } = true;

    public int MaxClients { get; init; } = 200;

    /// <summary>Scopes beyond the realm's default lists, for callers without and with a token.</summary>
    public IReadOnlyList<string> AnonymousScopes { get; init; } = [];

    public IReadOnlyList<string> AuthenticatedScopes { get; init; } = [];

    public static RegistrationPolicy Read(RealmNode? components)
    {
        if (components is null || !components.Has(Component))
        {
            return Default;
        }

        var policy = new RegistrationPolicy { TrustedHosts = null, ConsentRequired = false, MaxClients = int.MaxValue };
        foreach (var node in components.Objects(Component))
        {
            policy = policy.With(node);
            node.Skip("id", "name", "subType", "subComponents", "config");
            node.Finish();
        }

        return policy;
    }

    private RegistrationPolicy With(RealmNode node)
    {
        var provider = node.RequiredString("providerId");
        var anonymous = node.String("subType") == "anonymous";
        var config = node.ListMap("config");
        string? First(string name) => config.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;
        IReadOnlyList<string> Scopes() => config.GetValueOrDefault("allowed-client-scopes") ?? [];
        return (provider, anonymous) switch
        {
            ("trusted-hosts", true) => this with
            {
                TrustedHosts = config.GetValueOrDefault("trusted-hosts") ?? [],
                HostMustMatch = First("host-sending-registration-request-must-match") != "false",
                UrisMustMatch = First("client-uris-must-match") != "false",
            },
            ("consent-required", true) => this with { ConsentRequired = true },
            ("max-clients", true) => this with { MaxClients = int.TryParse(First("max-clients"), out var most) ? most : 200 },
            ("allowed-client-templates", true) => this with { AnonymousScopes = Scopes() },
            ("allowed-client-templates", false) => this with { AuthenticatedScopes = Scopes() },

            // Registered clients get no mappers, no roles and no origins but their own anyway.
            ("scope" or "allowed-protocol-mappers" or "registration-web-origins", _) => this,
            _ => throw node.Report.Refuse(node.Join("providerId"), $"is \"{provider}\" ({node.String("subType")}), a policy that is not supported; ignoring it would let more clients in."),
        };
    }
}
