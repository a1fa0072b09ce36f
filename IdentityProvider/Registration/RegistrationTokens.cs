using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Registration;

/// <summary>Initial access tokens, and the token with which a client manages its own registration: good until its next use.</summary>
internal sealed class RegistrationTokens(RealmRuntime realm)
{
    public const string Initial = "InitialAccessToken";
    public const string Management = "RegistrationAccessToken";

    private readonly ConcurrentDictionary<string, int> _initialUses = new();
    private readonly ConcurrentDictionary<string, string> _current = new();

    /// <summary>A token with which <paramref name="count"/> clients can be registered.</summary>
    public string IssueInitial(int count, TimeSpan lifetime)
    {
        var payload = Start(Initial);
        _initialUses[(string)payload["jti"]!] = count;
        payload.Insert(0, "exp", realm.Clock.GetUtcNow().Add(lifetime).ToUnixTimeSeconds());
        return Jwt.Sign(payload, realm.Keys.Own);
    }

    public string IssueManagement(string clientId, bool anonymous)
    {
        var payload = Start(Management);
        payload.Insert(0, "exp", 0);
        payload["registration_auth"] = anonymous ? "anonymous" : "authenticated";
        payload["allowed-origins"] = new JsonArray();
        _current[clientId] = (string)payload["jti"]!;
        return Jwt.Sign(payload, realm.Keys.Own);
    }

    public bool UseInitial(JsonElement claims)
    {
        var id = claims.Text("jti") ?? "";
        while (_initialUses.TryGetValue(id, out var left) && left > 0)
        {
            if (_initialUses.TryUpdate(id, left - 1, left))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the token is the latest one of this client; tells whether it registered without a token.</summary>
    public bool IsCurrent(string clientId, string? token, out bool anonymous)
    {
        anonymous = false;
        if (token is null || realm.Reader.ReadSigned(token, Management) is not { } claims
            || !_current.TryGetValue(clientId, out var id) || id != claims.Text("jti"))
        {
            return false;
        }

        anonymous = claims.Text("registration_auth") == "anonymous";
        return true;
    }

    public void Forget(string clientId) => _current.TryRemove(clientId, out _);

    private JsonObject Start(string type) => new()
    {
        ["iat"] = realm.Clock.GetUtcNow().ToUnixTimeSeconds(),
        ["jti"] = RandomId.Uuid(),
        ["iss"] = realm.Urls.Issuer,
        ["aud"] = realm.Urls.Issuer,
        ["typ"] = type,
    };
}
