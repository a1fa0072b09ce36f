using System.Collections.Concurrent;
using System.Security.Claims;
using McpAspire.Client.Sidecar;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.AspNetCore;

namespace McpAspire.Client.Tests.Fakes;

/// <summary>
/// A sidecar on a real port with a real MCP server behind it. Its own answers are those that daprd 1.18.3 gave
/// (recorded in flow-console.json, agent-call.json and oauth2clientcredentials.json).
/// </summary>
public sealed class FakeSidecar : IAsyncDisposable
{
    public const string ApiToken = "token-of-the-app";

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, LoginSession> logins = new(StringComparer.Ordinal);

    private FakeSidecar(WebApplication app) => this.app = app;

    public TicketStore Tickets { get; } = new();

    /// <summary>Answers before anything else; for failures.</summary>
    public Func<HttpContext, Task<bool>>? Override { get; set; }

    /// <summary>Set: calls run as this person without a login, as with client credentials.</summary>
    public Person? ServiceAccount { get; set; }

    public bool RequireApiToken { get; set; }

    public string Provider { get; set; } = "http://localhost:8080";

    /// <summary>What reached this port: method, path, query, sidecar session.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    public Uri Address { get; private set; } = null!;

    internal SidecarOptions Options => new() { Endpoint = Address, ApiToken = RequireApiToken ? ApiToken : null };

    public static async Task<FakeSidecar> StartAsync(CancellationToken cancellationToken, string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.AddHttpContextAccessor();
        FakeSidecar? sidecar = null;
        builder.Services.AddSingleton(_ => sidecar!.Tickets);
        builder.Services.AddMcpServer()
            .WithHttpTransport(http => http.SessionMode = HttpServerSessionMode.StatefulForInitializeClients)
            .WithTools<TicketServer>();
        var app = builder.Build();
        sidecar = new FakeSidecar(app);
        app.Use(sidecar.HandleAsync);
        app.MapMcp("/mcp");
        await app.StartAsync(cancellationToken);
        sidecar.Address = new Uri(app.Urls.First());
        return sidecar;
    }

    /// <summary>Forgets every login, as a restart does.</summary>
    public void ForgetLogins() => logins.Clear();

    /// <summary>From now on the token of this person is too old: daprd neither refreshes nor forgets it.</summary>
    public void ExpireTokenOf(string user)
    {
        foreach (var login in logins.Values.Where(login => login.User?.Name == user))
        {
            login.Expired = true;
        }
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var session = context.Request.Cookies["gosessionsid"];
        Seen.Enqueue(new SeenRequest(context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "", session));
        if (RequireApiToken && context.Request.Headers["dapr-api-token"] != ApiToken)
        {
            await TextAsync(context, 401, "invalid api token\n");
        }
        else if (context.Request.Path == "/v1.0/healthz")
        {
            context.Response.StatusCode = 204;
        }
        else if (context.Request.Headers["dapr-app-id"] != "mcp-server")
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsJsonAsync(new { errorCode = "ERR_DIRECT_INVOKE", message = "failed getting app id either from the URL path or the header dapr-app-id" });
        }
        else if (Override is null || !await Override(context))
        {
            await AuthoriseAsync(context, session, next);
        }
    }

    private async Task AuthoriseAsync(HttpContext context, string? session, RequestDelegate next)
    {
        if (ServiceAccount is { } account)
        {
            await RunAsAsync(context, account, next);
            return;
        }

        var login = session is null ? null : logins.GetOrAdd(session, _ => new LoginSession());
        if (context.Request.Query.ContainsKey("state"))
        {
            await CallbackAsync(context, login);
        }
        else if (login?.User is not { } user)
        {
            StartLogin(context, session, login);
        }
        else if (login.Expired)
        {
            await TextAsync(context, 401, "Unauthorized");
        }
        else
        {
            await RunAsAsync(context, user, next);
        }
    }

    private void StartLogin(HttpContext context, string? session, LoginSession? login)
    {
        if (login is null)
        {
            session = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
            login = logins[session] = new LoginSession();
            context.Response.Headers.SetCookie = $"gosessionsid={session}; Path=/; Expires={DateTime.UtcNow.AddHours(2):R}; Max-Age=0; HttpOnly";
        }

        login.State = Guid.NewGuid().ToString();
        context.Response.StatusCode = 302;
        context.Response.Headers.Location = $"{Provider}/realms/mcp/protocol/openid-connect/auth?access_type=offline&client_id=mcp-console"
            + $"&redirect_uri=http%3A%2F%2Flocalhost%3A5100%2Fsignin%2Fcallback&response_type=code&scope=openid+tickets%3Aread+tickets%3Awrite&state={login.State}";
    }

    private static async Task CallbackAsync(HttpContext context, LoginSession? login)
    {
        if (login is null)
        {
            await TextAsync(context, 500, "Internal Server Error");
        }
        else if (context.Request.Query["state"] != login.State)
        {
            await TextAsync(context, 400, "invalid state");
        }
        else if (!context.Request.Query.ContainsKey("code"))
        {
            await TextAsync(context, 400, "code not found");
        }
        else if (Person.OfCode(context.Request.Query["code"]!) is not { } person)
        {
            await TextAsync(context, 500, "Internal Server Error");
        }
        else
        {
            login.User = person;
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/mcp";
        }
    }

    private static async Task RunAsAsync(HttpContext context, Person person, RequestDelegate next)
    {
        context.User = new ClaimsPrincipal(new ClaimsIdentity(
            [new("sub", person.Name), new("preferred_username", person.Name), new("tenant", person.Tenant)], "Bearer"));
        await next(context);
    }

    private static async Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text);
    }

    private sealed class LoginSession
    {
        public string? State { get; set; }

        public Person? User { get; set; }

        public bool Expired { get; set; }
    }
}

public sealed record SeenRequest(string Method, string Path, string Query, string? Session);

/// <summary>The people of the realm, and the codes that a provider would give for them.</summary>
public sealed record Person(string Name, string Tenant)
{
    public static readonly Person Alice = new("alice", "contoso");
    public static readonly Person Bob = new("bob", "fabrikam");
    public static readonly Person Agent = new("service-account-mcp-agent", "contoso");

    public string Code => $"code-of-{Name}";

    public static Person? OfCode(string code) => new[] { Alice, Bob }.FirstOrDefault(person => person.Code == code);
}
