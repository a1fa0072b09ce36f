using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The tokens of the bearer recordings, by the name of their entry.</summary>
internal sealed class BearerTokens(ContractRig rig)
{
    private readonly SigningKey _first = rig.Provider.Key;
    private readonly SigningKey _second = new("key-2");
    private readonly FakeProvider _provider = rig.Provider;
    private int _fetchedBefore;

    public string For(string name)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return name switch
        {
            "broken signature" => Break(_first.Sign(_provider.Claims())),
            "expired 10 min" => _first.Sign(_provider.Claims(claims => claims["exp"] = now - 600)),
            "expired 4 min: inside the skew" => _first.Sign(_provider.Claims(claims => claims["exp"] = now - 240)),
            "nbf in 4 min: inside the skew" => _first.Sign(_provider.Claims(claims => claims["nbf"] = now + 240)),
            "nbf in 10 min" => _first.Sign(_provider.Claims(claims => claims["nbf"] = now + 600)),
            "iat in the future 10 min" => _first.Sign(_provider.Claims(claims => claims["iat"] = now + 600)),
            "no exp" => _first.Sign(_provider.Claims(claims => claims.Remove("exp"))),
            "no sub" => _first.Sign(_provider.Claims(claims => claims.Remove("sub"))),
            "wrong audience" => _first.Sign(_provider.Claims(claims => claims["aud"] = "http://other")),
            "audience list" => _first.Sign(_provider.Claims(claims => claims["aud"] = new JsonArray("account", FakeProvider.Audience))),
            "no audience" => _first.Sign(_provider.Claims(claims => claims.Remove("aud"))),
            "audience with trailing slash" => _first.Sign(_provider.Claims(claims => claims["aud"] = FakeProvider.Audience + "/")),
            "wrong issuer" => _first.Sign(_provider.Claims(claims => claims["iss"] = "http://other")),
            "issuer with trailing slash" => _first.Sign(_provider.Claims(claims => claims["iss"] = _provider.Issuer + "/")),
            "no issuer" => _first.Sign(_provider.Claims(claims => claims.Remove("iss"))),
            "alg none" => _first.Sign(_provider.Claims(), "none"),
            "HS256 with the public key (PEM)" => _first.Sign(_provider.Claims(), "HS256"),
            "HS256 with the modulus" => _first.Sign(_provider.Claims(), "HS256-modulus").Replace("HS256-modulus", "HS256", StringComparison.Ordinal),
            "unknown kid" => _first.Sign(_provider.Claims(), kid: "nobody"),
            "other key, known kid" => _second.Sign(_provider.Claims(), kid: _first.Id),
            "no kid" => _first.Sign(_provider.Claims(), kid: null),
            "RS512 where the key says RS256" => _first.Sign(_provider.Claims(), "RS512"),
            "PS256" => _first.Sign(_provider.Claims(), "PS256"),
            "rotated: token of a new key" => _second.Sign(_provider.Claims()),
            "provider down later" when KeysFetched > _fetchedBefore => _second.Sign(_provider.Claims()), // the first one is withdrawn
            "bearer-jwks: valid token" => _first.Sign(_provider.Claims(claims => claims["iss"] = "http://issuer.example")),
            _ => _first.Sign(_provider.Claims()),
        };
    }

    private int KeysFetched => rig.ProviderRequests.Concat(_provider.Requests).Count(request => request.Path == "/jwks");

    public async Task PrepareAsync(JsonObject entry)
    {
        switch ((string)entry["name"]!)
        {
            case "rotated: token of a new key":
                // Asked for again if the last time is long enough ago: on a busy machine it is.
                _fetchedBefore = KeysFetched;
                _provider.Keys.Clear();
                _provider.Keys.Add(_second);
                break;
            case "provider down later":
                _provider.Stop();
                break;
            case "in httpPipeline: healthz":
                _provider.Keys.Clear();
                _provider.Keys.Add(_first);
                _provider.Start();
                break;
            default:
                break;
        }

        await Eventually.TrueAsync(() => rig.LastOutput().Contains("signing key(s)", StringComparison.Ordinal), "the keys are loaded", TestContext.Current.CancellationToken);
    }

    private static string Break(string token)
    {
        var character = token[^10] == 'A' ? 'B' : 'A';
        return token[..^10] + character + token[^9..];
    }
}
