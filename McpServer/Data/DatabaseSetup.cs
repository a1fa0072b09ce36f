using McpAspire.McpServer.Configuration;
using McpAspire.McpServer.Tickets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace McpAspire.McpServer.Data;

/// <summary>Creates the database and fills it with the sample tenants, once, before the server listens.</summary>
internal sealed partial class DatabaseSetup(IServiceScopeFactory scopes, TimeProvider time, ILogger<DatabaseSetup> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TicketsDbContext>();
        var file = database.Database.GetDbConnection().DataSource;
        try
        {
            await PrepareAsync(database, file, cancellationToken);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The ticket database '{file}' cannot be used: {exception.Message} Set ConnectionStrings:{DatabaseExtensions.ConnectionName} to a file that can be written.", exception);
        }
    }

    private async Task PrepareAsync(TicketsDbContext database, string file, CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
        {
            CreatePrivateFolder(folder);
        }

        if (!await database.Database.EnsureCreatedAsync(cancellationToken))
        {
            return;
        }

        // Readers do not wait for the writer.
        await database.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancellationToken);
        database.Tickets.AddRange(SampleTickets.All(time.GetUtcNow()));
        var count = await database.SaveChangesAsync(cancellationToken);
        LogCreated(logger, count);
    }

    private static void CreatePrivateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The ticket database was created with {Rows} sample rows.")]
    private static partial void LogCreated(ILogger logger, int rows);
}
