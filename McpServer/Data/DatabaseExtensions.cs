using McpAspire.McpServer.Audit;
using McpAspire.McpServer.Configuration;
using McpAspire.McpServer.Tenancy;
using McpAspire.McpServer.Tickets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace McpAspire.McpServer.Data;

/// <summary>Registers the database: created and filled at start when it is new.</summary>
internal static class DatabaseExtensions
{
    public const string ConnectionName = "tickets";

    public static WebApplicationBuilder AddTicketDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<Caller>();
        builder.Services.AddScoped<TicketDesk>();
        builder.Services.AddScoped<AuditQuery>();
        builder.Services.AddSingleton<DatabaseTracing>();
        builder.Services.AddDbContext<TicketsDbContext>((services, options) => options
            .UseSqlite(ConnectionString(services.GetRequiredService<IConfiguration>()))
            .AddInterceptors(services.GetRequiredService<DatabaseTracing>()));
        builder.Services.AddSingleton<DatabaseSetup>();
        builder.Services.AddHostedService<AuditRetention>();
        return builder;
    }

    public static Task PrepareDatabaseAsync(this WebApplication app)
        => app.Services.GetRequiredService<DatabaseSetup>().RunAsync(app.Lifetime.ApplicationStopping);

    private static string ConnectionString(IConfiguration configuration)
    {
        var configured = configuration.GetConnectionString(ConnectionName);
        if (string.IsNullOrWhiteSpace(configured))
        {
            return new SqliteConnectionStringBuilder { DataSource = DefaultFile }.ToString();
        }

        try
        {
            return new SqliteConnectionStringBuilder(configured).ToString();
        }
        catch (ArgumentException malformed)
        {
            throw new StartupException(
                $"ConnectionStrings:{ConnectionName} is not a SQLite connection string ({malformed.Message.TrimEnd('.')}); it must look like 'Data Source=tickets.db'.",
                malformed);
        }
    }

    private static string DefaultFile => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "McpAspire",
        "tickets.db");
}
