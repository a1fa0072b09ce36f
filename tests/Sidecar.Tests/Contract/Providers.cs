using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What the provider of the recordings did at each entry.</summary>
internal static class Providers
{
    public static void Set(ContractRig rig, JsonObject entry)
    {
        var name = (string)entry["name"]!;
        rig.Provider.Behaviour = name switch
        {
            "token endpoint says 400" => TokenBehaviour.InvalidGrant,
            "token endpoint: 400 JSON error" => TokenBehaviour.InvalidScope,
            "token endpoint: 401" => TokenBehaviour.Unauthorized,
            "token endpoint: 500 HTML" => TokenBehaviour.Broken,
            "token endpoint without access_token" or "token endpoint: 200 without access_token" => TokenBehaviour.NoToken,
            "token endpoint answers HTML" or "token endpoint: 200 HTML" => TokenBehaviour.Html,
            "token endpoint drops the connection" => TokenBehaviour.Drop,
            "token failure on healthz" or "token failure on metadata" => TokenBehaviour.InvalidScope,
            _ when name.StartsWith("cc-bad-secret:", StringComparison.Ordinal) => TokenBehaviour.UnauthorizedClient,
            _ when name.StartsWith("cc-keycloak-bad-scope:", StringComparison.Ordinal) => TokenBehaviour.InvalidScope,
            _ => TokenBehaviour.Good,
        };
        switch (name)
        {
            case "token endpoint: 400 JSON error":
                rig.Restart();
                break;
            case "expires_in 2: first":
                // Five seconds here, so that a slow machine still meets the first token.
                rig.Provider.ExpiresIn = 5;
                rig.Restart();
                break;
            case "no expires_in":
                rig.Provider.ExpiresIn = null;
                rig.Restart();
                break;
            case "cc-spaces: token request(s)":
                rig.Provider.ExpiresIn = 300;
                break;
            default:
                break;
        }
    }

    public static async Task WaitAsync(JsonObject entry)
    {
        if ((string)entry["name"]! == "expires_in 2: after 2.5 s")
        {
            var expired = DateTimeOffset.UtcNow.AddSeconds(5.2);
            await Eventually.TrueAsync(() => DateTimeOffset.UtcNow > expired, "the token has expired", TestContext.Current.CancellationToken);
        }
    }
}
