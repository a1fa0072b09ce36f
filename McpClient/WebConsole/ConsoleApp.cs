using McpAspire.Client.Hosting;
using McpAspire.Client.Sidecar;
using McpAspire.Client.WebConsole.Health;
using McpAspire.Client.WebConsole.Pages;
using McpAspire.Client.WebConsole.Security;
using McpAspire.Client.WebConsole.Sessions;
using McpAspire.Client.WebConsole.SignIn;
using McpAspire.ServiceDefaults;
using Microsoft.AspNetCore.DataProtection;

namespace McpAspire.Client.WebConsole;

/// <summary>Services, pipeline and endpoints of the console.</summary>
internal static class ConsoleApp
{
    private const string DefaultUrl = "http://localhost:5100";

    public static WebApplication Build(SidecarOptions sidecar, IEnumerable<KeyValuePair<string, string?>> settings, TimeProvider? time = null)
    {
        var builder = ServiceHost.CreateBuilder(DefaultUrl, settings);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        var options = ConsoleOptions.Read(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(sidecar);
        builder.Services.AddSingleton<McpConnector>();
        builder.Services.AddSingleton<SessionStore>();
        builder.Services.AddSingleton<BrowserSession>();
        builder.Services.AddSingleton<SidecarLogin>();
        builder.Services.AddSingleton<PageRenderer>();
        builder.Services.AddHostedService<SessionPruning>();
        builder.Services.AddHealthChecks().AddCheck<SidecarCheck>("sidecar");
        builder.Services.AddRazorComponents();
        builder.Services.AddHttpContextAccessor();

        // Keys in memory: two consoles on one machine share none, and sessions end with the process anyway.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAntiforgery(form => form.Cookie.Name = "mcp-console-form");

        var app = builder.Build();
        app.UseSecurityHeaders(options);
        app.UseExceptionHandler(errors => errors.Run(context => context.RequestServices.GetRequiredService<PageRenderer>().Crash().ExecuteAsync(context)));
        app.UseLocalhostRedirect();
        app.MapDefaultEndpoints();
        app.MapStylesheet();
        app.MapSignIn();
        app.MapTickets();
        return app;
    }
}
