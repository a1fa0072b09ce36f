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

    private readonly ConcurrentDictionary<string, InitialToken> _initial = new();
    private readonly ConcurrentDictionary<string, string> _current = new();

    /// <summary>Initial access tokens that are not used up, by id.</summary>
    public IEnumerable<KeyValuePair<string, InitialToken>> AllInitial => _initial;

    /// <summary>A token with which <paramref name="count"/> clients can be registered.</summary>
    public string IssueInitial(int count, TimeSpan lifetime)
    {
        var payload = Start(Initial);
        var expires = realm.Clock.GetUtcNow().Add(lifetime);
        RestoreInitial((string)payload["jti"]!, new InitialToken(count, expires));
        payload.Insert(0, "exp", expires.ToUnixTimeSeconds());
        return Jwt.Sign(payload, realm.Keys.Own);
    }

    public void RestoreInitial(string id, InitialToken token) => _initial[id] = token;

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
        while (_initial.TryGetValue(id, out var token))
        {
            var used = token.Left > 1
                ? _initial.TryUpdate(id, token with { Left = token.Left - 1 }, token)
                : _initial.TryRemove(KeyValuePair.Create(id, token));
            if (used)
            {
                return true;
            }
        }

        return false;
    }

    public void Prune()
    {
        foreach (var item in _initial.Where(item => item.Value.Expires <= realm.Clock.GetUtcNow()))
        {
            _initial.TryRemove(item);
        }
    }

    /// <summary>The id of the token that manages this client.</summary>
    public string? CurrentId(string clientId) => _current.GetValueOrDefault(clientId);

    public void RestoreCurrent(string clientId, string tokenId) => _current[clientId] = tokenId;

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

/// <summary>How many clients may still be registered with an initial access token, and until when.</summary>
internal sealed record InitialToken(int Left, DateTimeOffset Expires);
