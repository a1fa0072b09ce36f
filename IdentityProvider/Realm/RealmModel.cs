using System.Collections.Concurrent;
using McpAspire.IdentityProvider.Cimd;
using McpAspire.IdentityProvider.Registration;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>A realm as the file describes it, plus the clients that register themselves later.</summary>
internal sealed class RealmModel
{
    private readonly ConcurrentDictionary<string, User> _usersById;
    private readonly ConcurrentDictionary<string, User> _usersByName;
    private readonly Dictionary<string, User> _usersByEmail;
    private readonly ConcurrentDictionary<string, Client> _clients;

    public RealmModel(RealmSettings settings, IEnumerable<ClientScope> scopes, IEnumerable<Client> clients, IEnumerable<User> users)
    {
        Settings = settings;
        Scopes = [.. scopes];
        _clients = new(clients.Select(client => KeyValuePair.Create(client.ClientId, client)));
        _usersById = new(users.Select(user => KeyValuePair.Create(user.Id, user)));
        _usersByName = new(_usersById.Values.Select(user => KeyValuePair.Create(user.Username, user)));
        _usersByEmail = _usersById.Values.Where(user => user.Email is not null)
            .ToDictionary(user => user.Email!, StringComparer.OrdinalIgnoreCase);
    }

    public RealmSettings Settings { get; }

    public IReadOnlyList<ClientScope> Scopes { get; }

    public IReadOnlyList<ClientScope> DefaultScopes { get; init; } = [];

    public IReadOnlyList<ClientScope> DefaultOptionalScopes { get; init; } = [];

    public CimdPolicy? Cimd { get; init; }

    public required RegistrationPolicy Registration { get; init; }

    /// <summary>Makes the service account of a client that is not in the file.</summary>
    public required Func<Client, User> MakeServiceAccount { get; init; }

    /// <summary>A password to check in vain, so that an unknown name takes as long as a known one.</summary>
    public Credentials.IPasswordCredential? Decoy => _usersById.Values.FirstOrDefault(user => user.Password is not null)?.Password;

    public IEnumerable<Client> Clients => _clients.Values;

    public Client? FindClient(string? clientId) => clientId is not null && _clients.TryGetValue(clientId, out var client) ? client : null;

    /// <summary>Adds a client that registered itself, and its service account.</summary>
    public void AddClient(Client client)
    {
        _clients[client.ClientId] = client;
        if (client.ServiceAccounts && FindServiceAccount(client) is null)
        {
            var account = MakeServiceAccount(client);
            _usersById[account.Id] = account;
            _usersByName[account.Username] = account;
        }
    }

    public void ReplaceClient(Client client) => AddClient(client);

    /// <summary>Removes a client that registered itself, and its service account.</summary>
    public void RemoveClient(Client client)
    {
        _clients.TryRemove(client.ClientId, out _);
        if (FindServiceAccount(client) is { } account)
        {
            _usersById.TryRemove(account.Id, out _);
            _usersByName.TryRemove(account.Username, out _);
        }
    }

    public User? FindUser(string id) => _usersById.GetValueOrDefault(id);

    /// <summary>Finds a person by what was typed at sign-in. Service accounts are nobody who signs in.</summary>
    public User? FindPerson(string typed)
    {
        var name = typed.Trim().ToLowerInvariant();
        var user = _usersByName.GetValueOrDefault(name)
                   ?? (Settings.LoginWithEmailAllowed ? _usersByEmail.GetValueOrDefault(name) : null);
        return user is { ServiceAccountClientId: null } ? user : null;
    }

    public User? FindServiceAccount(Client client) => _usersByName.GetValueOrDefault(ServiceAccountName(client.ClientId));

    public static string ServiceAccountName(string clientId) => $"service-account-{clientId.ToLowerInvariant()}";
}
