using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Tokens bound to a key.</summary>
internal sealed class DPoPTopic : ITopic
{
    public string Name => "dpop";

    public async Task PlayAsync(ContractRun run)
    {
        using var key = new SignedJwt();
        using var other = new SignedJwt();
        await PlayProofsAsync(run, key, other);
        await PlayUserInfoAsync(run, key, other);
        await PlayPublicClientAsync(run, key, other);
    }

    private static async Task PlayProofsAsync(ContractRun run, SignedJwt key, SignedJwt other)
    {
        var first = Proof(run, key);
        await run.SendAsync("token with proof", new Fill(("DPoP", first)));
        await run.SendAsync("proof again", new Fill(("DPoP", first)));
        await run.SendAsync("wrong htu", Change(claims => claims["htu"] = "http://other.example/token"));
        await run.SendAsync("wrong htm", Change(claims => claims["htm"] = "GET"));
        await run.SendAsync("old iat", Change(claims => claims["iat"] = Now(run) - 600));
        await run.SendAsync("future iat", Change(claims => claims["iat"] = Now(run) + 600));
        await run.SendAsync("no jti", Change(claims => claims.Remove("jti")));
        await run.SendAsync("wrong typ", new Fill(("DPoP", Proof(run, key, header: header => header["typ"] = "JWT"))));
        await run.SendAsync("no jwk", new Fill(("DPoP", Proof(run, key, header: header => header.Remove("jwk")))));
        await run.SendAsync("foreign key", new Fill(("DPoP", Proof(run, key, header: header => header["jwk"] = other.PublicKey))));
        await run.SendAsync("htu with query", Change(claims => claims["htu"] = $"{TokenUrl(run)}?x=1"));
        await run.PlayAsync("nonsense");
        await run.SendAsync("two proofs", new Fill(("DPoP", $"{Proof(run, key)}, {Proof(run, key)}")));
        Fill Change(Action<JsonObject> change) => new(("DPoP", Proof(run, key, claims: change)));
    }

    private static async Task PlayUserInfoAsync(ContractRun run, SignedJwt key, SignedJwt other)
    {
        var token = (await run.SendAsync("htu with query", new Fill(("DPoP", Proof(run, key)))))["access_token"];
        string UserInfo(SignedJwt with, bool withHash = true) => Proof(run, with, claims: claims =>
        {
            claims["htm"] = "GET";
            claims["htu"] = $"{run.Issuer}/protocol/openid-connect/userinfo";
            if (withHash)
            {
                claims["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
            }
        });
        await run.SendAsync("userinfo, DPoP scheme and proof", new Fill(("Authorization", token), ("DPoP", UserInfo(key))));
        await run.SendAsync("userinfo, DPoP without proof", new Fill(("Authorization", token)));
        await run.SendAsync("userinfo, DPoP token as Bearer", new Fill(("Authorization", token)));
        await run.SendAsync("userinfo, no ath", new Fill(("Authorization", token), ("DPoP", UserInfo(key, withHash: false))));
        await run.SendAsync("userinfo, other key", new Fill(("Authorization", token), ("DPoP", UserInfo(other))));
        await run.SendAsync("introspection of a DPoP token", new Fill(("token", token)));
    }

    private static async Task PlayPublicClientAsync(ContractRun run, SignedJwt key, SignedJwt other)
    {
        var code = await Flows.CodeAsync(run.NewBrowser(), run.Issuer, "mcp-native", "openid tickets:read");
        var tokens = await run.SendAsync("code with proof, public client", new Fill(("code", code), ("code_verifier", Flows.Verifier), ("DPoP", Proof(run, key))));
        var refresh = tokens["refresh_token"];
        await run.SendAsync("refresh without proof", new Fill(("refresh_token", refresh)));
        await run.SendAsync("refresh with proof", new Fill(("refresh_token", refresh), ("DPoP", Proof(run, key))));
        code = await Flows.CodeAsync(run.NewBrowser(), run.Issuer, "mcp-native", "openid tickets:read", more: $"&dpop_jkt={Thumbprint(other)}");
        await run.SendAsync("dpop_jkt that does not match", new Fill(("code", code), ("code_verifier", Flows.Verifier), ("DPoP", Proof(run, key))));
    }

    private static string Proof(ContractRun run, SignedJwt key, Action<JsonObject>? claims = null, Action<JsonObject>? header = null)
    {
        var head = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = key.PublicKey };
        var body = new JsonObject { ["jti"] = Guid.NewGuid().ToString(), ["htm"] = "POST", ["htu"] = TokenUrl(run), ["iat"] = Now(run) };
        header?.Invoke(head);
        claims?.Invoke(body);
        return key.Sign(head, body);
    }

    private static string Thumbprint(SignedJwt key)
    {
        var jwk = key.PublicKey;
        var members = $$"""{"crv":"P-256","kty":"EC","x":"{{jwk["x"]}}","y":"{{jwk["y"]}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(members)));
    }

    private static string TokenUrl(ContractRun run) => $"{run.Issuer}/protocol/openid-connect/token";

    private static long Now(ContractRun run) => (run.Target.Own?.Clock.GetUtcNow() ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();
}
