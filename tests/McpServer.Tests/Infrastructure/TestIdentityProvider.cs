using System.Collections.Concurrent;
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
        _app.MapGet("/realms/mcp/.well-known/openid-configuration", Discovery);
        _app.MapGet("/.well-known/oauth-authorization-server/realms/mcp", Discovery);
        _app.MapPost("/realms/mcp/protocol/openid-connect/token", RedeemAsync);
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

    /// <summary>Scopes of the authorization requests that were redeemed, in their order.</summary>
    public ConcurrentQueue<string> AuthorizedScopes { get; } = new();

    private IResult Discovery() => Results.Json(new
    {
        issuer = Issuer,
        authorization_endpoint = $"{Issuer}/protocol/openid-connect/auth",
        token_endpoint = $"{Issuer}/protocol/openid-connect/token",
        jwks_uri = $"{Issuer}/protocol/openid-connect/certs",
        code_challenge_methods_supported = new[] { "S256" },
        response_types_supported = new[] { "code" },
        grant_types_supported = new[] { "authorization_code" },
        token_endpoint_auth_methods_supported = new[] { "none" },
        authorization_response_iss_parameter_supported = true,
    });

    /// <summary>The code is the scope that was asked for: what a person would have agreed to.</summary>
    private async Task<IResult> RedeemAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var scope = Uri.UnescapeDataString(form["code"]!);
        AuthorizedScopes.Enqueue(scope);
        var token = Sign(new TokenClaims(form["resource"]!) { Scope = scope, Client = form["client_id"]! });
        return Results.Json(new { access_token = token, token_type = "Bearer", expires_in = 300, scope });
    }

    private object PublicKey()
    {
        var parameters = _key.Rsa.ExportParameters(false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = _key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) };
    }
}
