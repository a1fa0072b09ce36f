using System.Text.Json;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Registration;
using McpAspire.IdentityProvider.Sessions;

namespace McpAspire.IdentityProvider.State;

/// <summary>Sessions, refresh token chains, consents, revocations and registered clients of a realm on disk.</summary>
internal sealed class StateFile(string folder, RealmRuntime realm)
{
    private readonly string _path = Path.Combine(folder, $"{Uri.EscapeDataString(realm.Settings.Name)}.state.json");
    private byte[] _saved = [];

    public void Load()
    {
        if (!File.Exists(_path))
        {
            return;
        }

        OwnerOnlyFile.RequireOwnerOnly(_path);
        try
        {
            _saved = File.ReadAllBytes(_path);
            Restore(JsonSerializer.Deserialize(_saved, StateJson.Default.RealmState) ?? throw new JsonException());
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{_path} is no state file of this provider; remove it (everybody signs in again).");
        }
    }

    /// <summary>Writes when something has changed.</summary>
    public void Save()
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(Capture(), StateJson.Default.RealmState);
        if (!content.AsSpan().SequenceEqual(_saved))
        {
            OwnerOnlyFile.Write(_path, content);
            _saved = content;
        }
    }

    private RealmState Capture() => new(
        [.. realm.Sessions.All.Select(session => new StoredSession(
            session.Id, session.UserId, session.Offline, session.Started, session.AuthTime, session.LastActive,
            [.. session.Clients.Values.Select(client => new StoredClientSession(client.ClientId, client.Started, client.AuthenticationContext, client.ExportUses()))]))],
        [.. realm.Consents.All.Select(consent => new StoredConsent(consent.Key.UserId, consent.Key.ClientId, [.. consent.Value.Order()]))],
        [.. realm.Revoked.All.Select(item => new StoredRevocation(item.Key, item.Value))],
        StoredClients.Capture(realm),
        [.. realm.Registrations.AllInitial.Select(item => new StoredInitialToken(item.Key, item.Value.Left, item.Value.Expires))]);

    private void Restore(RealmState state)
    {
        foreach (var stored in state.Sessions)
        {
            var session = new UserSession
            {
                Id = stored.Id,
                UserId = stored.UserId,
                Offline = stored.Offline,
                Started = stored.Started,
                AuthTime = stored.AuthTime,
                LastActive = stored.LastActive,
            };
            foreach (var client in stored.Clients)
            {
                session.Clients[client.ClientId] = new ClientSession(client.Uses)
                {
                    ClientId = client.ClientId,
                    Started = client.Started,
                    AuthenticationContext = client.AuthenticationContext,
                };
            }

            realm.Sessions.Restore(session);
        }

        foreach (var consent in state.Consents)
        {
            realm.Consents.Grant(consent.UserId, consent.ClientId, consent.Scopes);
        }

        foreach (var revoked in state.Revoked.Where(revoked => revoked.Expires > realm.Clock.GetUtcNow()))
        {
            realm.Revoked.Add(revoked.TokenId, revoked.Expires);
        }

        StoredClients.Restore(realm, state.Clients ?? []);
        foreach (var token in state.InitialTokens ?? [])
        {
            realm.Registrations.RestoreInitial(token.TokenId, new InitialToken(token.Left, token.Expires));
        }
    }
}
