using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpAspire.McpServer.Tests.Infrastructure;

/// <summary>A real server with Keycloak's discovery document and key set; tokens are signed with its key.</summary>
public sealed class TestIdentityProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private RsaSecurityKey _key = NewKey("key-1");

    private TestIdentityProvider(int port)
    {
        Url = $"http://localhost:{port}/";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://localhost:{port}");
        _app = builder.Build();
        _app.MapGet("/realms/mcp/.well-known/openid-configuration", () => Results.Json(new { issuer = Issuer, jwks_uri = $"{Issuer}/protocol/openid-connect/certs" }));
        _app.MapGet("/realms/mcp/protocol/openid-connect/certs", () => Results.Json(new { keys = new[] { PublicKey() } }));
    }

    public string Url { get; }

    public string Issuer => $"{Url}realms/mcp";

    public RsaSecurityKey Key => _key;

    public static async Task<TestIdentityProvider> StartAsync(int? port = null)
    {
        var provider = new TestIdentityProvider(port ?? FreePort.Next());
        await provider._app.StartAsync();
        return provider;
    }

    public static RsaSecurityKey NewKey(string id) => new(RSA.Create(2048)) { KeyId = id };

    public void RotateKey() => _key = NewKey($"key-{Guid.NewGuid():N}");

    public string Sign(TokenClaims claims, SecurityKey? key = null, string algorithm = SecurityAlgorithms.RsaSha256)
        => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = claims.Issuer ?? Issuer,
            Claims = claims.ToDictionary(),
            SigningCredentials = new SigningCredentials(key ?? _key, algorithm),
        });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private object PublicKey()
    {
        var parameters = _key.Rsa.ExportParameters(false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = _key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) };
    }
}
