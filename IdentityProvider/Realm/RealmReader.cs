using McpAspire.IdentityProvider.Cimd;
using McpAspire.IdentityProvider.Registration;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>Turns a realm file's JSON into a <see cref="RealmModel"/>.</summary>
internal static class RealmReader
{
    public static RealmModel Read(RealmNode node, IReadOnlySet<string> features)
    {
        RealmRestrictions.Check(node);
        var settings = ReadSettings(node);
        var roles = RoleReader.Read(node, settings.Name);
        var scopes = ScopeReader.Read(node, roles);
        var defaults = node.Strings("defaultDefaultClientScopes");
        var optionals = node.Strings("defaultOptionalClientScopes");
        var clientReader = new ClientReader(scopes, defaults, optionals, ScopeReader.ReadMappings(node, roles, "client"));
        var clients = node.Objects("clients").Select(clientReader.Read).ToList();
        RefuseTwice(node, "clients", clients.Select(client => client.ClientId));
        if (!clients.Exists(client => client.ClientId == RoleReader.AccountClient))
        {
            clients.Add(AccountClient());
        }

        var userReader = new UserReader(settings.Name, roles, Group.Read(node, roles));
        var users = node.Objects("users").Select(userReader.Read).ToList();
        RefuseTwice(node, "users", users.Select(user => user.Username));
        RefuseTwice(node, "users", users.Select(user => user.Email).OfType<string>());
        AddServiceAccounts(node, clients, users, userReader, scopes);
        var model = new RealmModel(settings, scopes, clients, users)
        {
            Cimd = CimdPolicy.Read(node, features),
            Registration = RegistrationPolicy.Read(node.Object("components")),
            MakeServiceAccount = userReader.MakeServiceAccount,
            DefaultScopes = [.. scopes.Where(scope => defaults.Contains(scope.Name))],
            DefaultOptionalScopes = [.. scopes.Where(scope => optionals.Contains(scope.Name))],
        };
        node.Finish();
        return model;
    }

    private static RealmSettings ReadSettings(RealmNode node)
    {
        var name = node.RequiredString("realm");
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw node.Report.Refuse("realm", $"is \"{name}\"; letters, digits, '-', '_' and '.' are allowed, since the name is part of every address and cookie path.");
        }

        if (!node.Bool("enabled", false))
        {
            throw node.Report.Refuse("enabled", "is not true; a disabled realm answers nobody.");
        }

        return new RealmSettings
        {
            Name = name,
            DisplayName = node.String("displayName") is { Length: > 0 } displayName ? displayName : name,
            LoginWithEmailAllowed = node.Bool("loginWithEmailAllowed", true),
            NotBefore = node.Int("notBefore", 0),
            AccessTokenLifespan = node.Int("accessTokenLifespan", 300, 1),
            AccessCodeLifespan = node.Int("accessCodeLifespan", 60, 1),
            AccessCodeLifespanLogin = node.Int("accessCodeLifespanLogin", 1800, 1),
            SsoSessionIdleTimeout = node.Int("ssoSessionIdleTimeout", 1800, 1),
            SsoSessionMaxLifespan = node.Int("ssoSessionMaxLifespan", 36000, 1),
            OfflineSessionIdleTimeout = node.Int("offlineSessionIdleTimeout", 2592000, 1),
            DeviceCodeLifespan = node.Int("oauth2DeviceCodeLifespan", 600, 1),
            DevicePollingInterval = node.Int("oauth2DevicePollingInterval", 5, 1),
            RevokeRefreshToken = node.Bool("revokeRefreshToken", false),
            RefreshTokenMaxReuse = node.Int("refreshTokenMaxReuse", 0),
            BruteForce = new BruteForceSettings
            {
                Enabled = node.Bool("bruteForceProtected", false),
                FailureFactor = node.Int("failureFactor", 30, 1),
                WaitIncrement = node.Int("waitIncrementSeconds", 60),
                MaxWait = node.Int("maxFailureWaitSeconds", 900),
                MinimumQuickWait = node.Int("minimumQuickLoginWaitSeconds", 60),
                QuickCheckMilliseconds = node.Int("quickLoginCheckMilliSeconds", 1000),
                MaxDelta = node.Int("maxDeltaTimeSeconds", 43200),
            },
        };
    }

    private static void AddServiceAccounts(RealmNode node, List<Client> clients, List<User> users, UserReader reader, IReadOnlyList<ClientScope> scopes)
    {
        foreach (var user in users.Where(user => user.ServiceAccountClientId is not null))
        {
            if (user.Username != RealmModel.ServiceAccountName(user.ServiceAccountClientId!))
            {
                throw node.Report.Refuse("users", $"\"{user.Username}\" is the service account of \"{user.ServiceAccountClientId}\" and must be named \"{RealmModel.ServiceAccountName(user.ServiceAccountClientId!)}\".");
            }
        }

        var serviceAccountScope = scopes.FirstOrDefault(scope => scope.Name == "service_account");
        foreach (var client in clients.Where(client => client.ServiceAccounts).ToList())
        {
            var declared = users.Find(user => user.Username == RealmModel.ServiceAccountName(client.ClientId));
            if (declared is { ServiceAccountClientId: null })
            {
                throw node.Report.Refuse("users", $"\"{declared.Username}\" needs \"serviceAccountClientId\": \"{client.ClientId}\".");
            }

            if (declared is not null)
            {
                continue;
            }

            users.Add(reader.MakeServiceAccount(client));
            if (serviceAccountScope is not null && !client.DefaultScopes.Contains(serviceAccountScope))
            {
                clients[clients.IndexOf(client)] = client with { DefaultScopes = [.. client.DefaultScopes, serviceAccountScope] };
            }
        }
    }

    private static Client AccountClient() => new()
    {
        Id = StableId.For("client", RoleReader.AccountClient),
        ClientId = RoleReader.AccountClient,
        Public = true,
        StandardFlow = false,
    };

    private static void RefuseTwice(RealmNode node, string path, IEnumerable<string> names)
    {
        if (names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw node.Report.Refuse(path, $"declares \"{twice.Key}\" more than once.");
        }
    }
}
