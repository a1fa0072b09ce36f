using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What the provider of the recordings did at each entry.</summary>
internal static class Providers
{
    public static Task PrepareAsync(ContractRig rig, JsonObject entry)
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
            _ => TokenBehaviour.Good,
        };
        if (name == "token endpoint: 400 JSON error")
        {
            rig.Restart();
        }

        return Task.CompletedTask;
    }
}
