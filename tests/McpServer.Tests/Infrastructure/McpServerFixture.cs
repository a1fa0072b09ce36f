using McpAspire.McpServer.Audit;
using McpAspire.McpServer.Data;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.McpServer.Tests.Infrastructure;

/// <summary>The real service on real Kestrel with a database of its own, behind the test identity provider.</summary>
public class McpServerFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcp-server-tests-").FullName;
    private readonly int _port = FreePort.Next();
    private ServerFactory? _factory;

    public TestIdentityProvider Identity { get; private set; } = null!;

    public string BaseUrl => $"http://localhost:{_port}";

    public string Resource => $"{BaseUrl}/mcp";

    public string LoginUrl => "http://localhost:3501/v1.0/invoke/mcp-server/method/audit";

    public HttpClient Http { get; private set; } = null!;

    internal IServiceProvider Services => _factory!.Services;

    protected virtual IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    public async ValueTask InitializeAsync()
    {
        Identity = await TestIdentityProvider.StartAsync();
        _factory = new ServerFactory(this);
        _factory.UseKestrel(_port);
        _factory.StartServer();
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(BaseUrl) };
    }

    public string Token(Func<TokenClaims, TokenClaims>? change = null)
    {
        var claims = new TokenClaims(Resource);
        return Identity.Sign(change?.Invoke(claims) ?? claims);
    }

    public string TokenWith(string scope, string user = "alice", string tenant = "contoso")
        => Token(claims => claims with { Scope = scope, UserName = user, Tenant = tenant, Subject = $"subject-of-{user}" });

    internal async Task<List<AuditEntry>> AuditAsync(Func<AuditEntry, bool>? which = null)
    {
        await using var scope = Services.CreateAsyncScope();
        var entries = await scope.ServiceProvider.GetRequiredService<TicketsDbContext>().AuditEntries
            .IgnoreQueryFilters().AsNoTracking().ToListAsync(TestContext.Current.CancellationToken);
        return [.. entries.Where(which ?? (_ => true)).OrderBy(entry => entry.Time)];
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Http?.Dispose();
        await (_factory?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Identity.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class ServerFactory(McpServerFixture fixture) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
            builder.UseSetting("ConnectionStrings:tickets", $"Data Source={Path.Combine(fixture._folder, "tickets.db")}");
            builder.UseSetting("Keycloak:auth-server-url", fixture.Identity.Url);
            builder.UseSetting("Keycloak:resource", fixture.Resource);
            builder.UseSetting("McpServer:AuditLoginUrl", fixture.LoginUrl);
            foreach (var (key, value) in fixture.Settings)
            {
                builder.UseSetting(key, value);
            }
        }
    }
}
