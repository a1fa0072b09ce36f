using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>ASP.NET Core's JwtBearer, told nothing but authority and audience.</summary>
public sealed class JwtBearerTests
{
    [Fact]
    public async Task Api_WithAuthorityAndAudience_AcceptsOurTokensForItOnly()
    {
        await using var provider = await RunningProvider.StartAsync();
        var port = FreePort.Next();
        await using var api = await StartApiAsync(provider.Issuer, port);
        var user = await Flows.TokensAsync(provider.Issuer, "mcp-console", "openid tickets:read");
        var service = await Flows.ServiceTokensAsync(provider.Issuer, "mcp-agent", "tickets:read");
        var elsewhere = await Flows.ServiceTokensAsync(provider.Issuer, "mcp-agent", null);

        Assert.Equal("alice contoso", (await CallAsync(port, user["access_token"])).Body);
        Assert.Equal("service-account-mcp-agent contoso", (await CallAsync(port, service["access_token"])).Body);
        Assert.Equal(401, (await CallAsync(port, elsewhere["access_token"])).Status);
        Assert.Equal(401, (await CallAsync(port, user["refresh_token"])).Status);
        Assert.Equal(401, (await CallAsync(port, user["id_token"])).Status);
    }

    private static Task<Reply> CallAsync(int port, string token)
        => Http.SendAsync("GET", $"http://127.0.0.1:{port}/", headers: [new("Authorization", $"Bearer {token}")]);

    private static async Task<WebApplication> StartApiAsync(string issuer, int port)
    {
        var builder = WebApplication.CreateSlimBuilder(["--Logging:LogLevel:Default=Error"]);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.Authority = issuer;
            options.Audience = TestRealm.Values["MCP_RESOURCE"];
            options.RequireHttpsMetadata = false;
            options.MapInboundClaims = false;
        });
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", (HttpContext context) => $"{context.User.FindFirst("preferred_username")!.Value} {context.User.FindFirst("tenant")!.Value}").RequireAuthorization();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
