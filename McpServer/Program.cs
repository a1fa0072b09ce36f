using McpAspire.McpServer.Audit;
using McpAspire.McpServer.Authentication;
using McpAspire.McpServer.Configuration;
using McpAspire.McpServer.Data;
using McpAspire.McpServer.Health;
using McpAspire.McpServer.Limits;
using McpAspire.McpServer.Tools;
using McpAspire.ServiceDefaults;

return await ExitCodes.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(Settings.From(args));

    builder.AddServiceDefaults();
    builder.AddSettings();              // sections Keycloak and McpServer
    builder.AddTokenAuthentication();   // who calls
    builder.AddTicketDatabase();        // SQLite by EF Core, every query in the caller's tenant
    builder.AddTicketTools();           // tools, scopes, audit trail
    builder.AddPages();                 // which pages may call
    builder.AddCallerLimit();           // how often one caller may
    builder.AddReadiness();             // database and the provider's keys

    var app = builder.Build();

    app.ValidateSettings();
    await app.PrepareDatabaseAsync();

    app.UseCors();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseRateLimiter();
    app.MapDefaultEndpoints();
    app.MapMcp("/mcp").RequireMcpAuthorization().LimitEachCaller();
    app.MapAuditPage();

    await app.RunAsync();
});
