using McpAspire.IdentityProvider.Tests.Hosting;
using McpAspire.McpAuthorization;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.IdentityProvider.Tests.Sdk;

/// <summary>
/// An MCP server whose only authorization server is the provider under test: JwtBearer, a challenge with the least scope,
/// and step-up for the tool that writes.
/// </summary>
internal sealed class ProtectedMcpServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProtectedMcpServer(WebApplication app, string resource)
    {
        _app = app;
        Resource = resource;
    }

    /// <summary>The URL of the MCP endpoint, which is also the audience of its tokens.</summary>
    public string Resource { get; }

    /// <summary>The address a server will have on this port: the realm must know it before the server starts.</summary>
    public static string ResourceOn(int port) => $"http://localhost:{port}/mcp";

    public static async Task<ProtectedMcpServer> StartAsync(int port, RunningProvider provider)
    {
        var resource = ResourceOn(port);
        var builder = WebApplication.CreateSlimBuilder(["--Logging:LogLevel:Default=Error"]);
        builder.WebHost.UseUrls($"http://localhost:{port}");
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.Authority = provider.Issuer;
            options.Audience = resource;
            options.RequireHttpsMetadata = false;
            options.MapInboundClaims = false;

            // Time is the provider's here: a test lets a token expire by moving one clock.
            options.TokenValidationParameters.LifetimeValidator = (_, expires, _, _) => expires > provider.Clock.GetUtcNow();
        });
        builder.Services.AddAuthorization();
        builder.Services.AddMcpServer()
            .WithHttpTransport(options => options.SessionMode = ModelContextProtocol.AspNetCore.HttpServerSessionMode.StatefulForInitializeClients)
            .WithTools<TicketTools>()
            .AddMcpAuthorization(options =>
            {
                options.Resource = resource;
                options.AuthorizationServers.Add(provider.Issuer);
                options.Scopes.Add("tickets:read").Add("tickets:write", "tickets:read");
                options.ChallengeScopes.Add("tickets:read");
            });
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapMcp("/mcp").RequireMcpAuthorization();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ProtectedMcpServer(app, resource);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
