using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>private_key_jwt, in a realm with a client <c>mcp-jwt</c> whose key stands in <c>jwks.string</c>.</summary>
internal sealed class ClientAssertionTopic : ITopic
{
    public string Name => "client-assertion";

    public async Task PlayAsync(ContractRun run)
    {
        using var key = new SignedJwt();
        var jwk = key.PublicKey;
        jwk["kid"] = "k1";
        await run.PlayOnVariantAsync(
            run.Recording.Exchanges.Select(exchange => exchange.Name),
            realm => realm["clients"]!.AsArray().Add(new JsonObject
            {
                ["clientId"] = "mcp-jwt",
                ["enabled"] = true,
                ["clientAuthenticatorType"] = "client-jwt",
                ["serviceAccountsEnabled"] = true,
                ["standardFlowEnabled"] = false,
                ["attributes"] = new JsonObject
                {
                    ["use.jwks.string"] = "true",
                    ["jwks.string"] = new JsonObject { ["keys"] = new JsonArray(jwk) }.ToJsonString(),
                },
            }),
            variant => PlayAsync(variant, key));
    }

    private static async Task PlayAsync(ContractRun run, SignedJwt key)
    {
        using var foreign = new SignedJwt();
        string? first = null;
        foreach (var exchange in run.Recording.Exchanges)
        {
            var assertion = exchange.Name == "same assertion again" ? first! : Assertion(run, exchange.Name, key, foreign);
            first ??= assertion;
            await run.SendAsync(exchange.Name, new Fill(("client_assertion", assertion)));
        }
    }

    private static string Assertion(ContractRun run, string name, SignedJwt key, SignedJwt foreign)
    {
        var now = (run.Target.Own?.Clock.GetUtcNow() ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = "mcp-jwt",
            ["sub"] = "mcp-jwt",
            ["aud"] = run.Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = now,
            ["exp"] = now + 60,
        };
        switch (name)
        {
            case "aud = token endpoint":
                claims["aud"] = $"{run.Issuer}/protocol/openid-connect/token";
                break;
            case "aud = list with issuer":
                claims["aud"] = new JsonArray("http://other.example", run.Issuer);
                break;
            case "aud wrong":
                claims["aud"] = "http://other.example";
                break;
            case "expired":
                claims["exp"] = now - 60;
                break;
            case "no exp" or "no jti" or "no iat":
                claims.Remove(name[3..]);
                break;
            case "exp far away":
                claims["exp"] = now + 86400;
                break;
            case "iss differs from sub":
                claims["iss"] = "somebody";
                break;
            case "unknown client":
                claims["iss"] = "nope";
                claims["sub"] = "nope";
                break;
            case "alg none":
                return SignedJwt.Unsigned(claims);
        }

        return (name == "foreign key" ? foreign : key).Sign(new JsonObject { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = "k1" }, claims);
    }
}
