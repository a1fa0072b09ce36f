using McpAspire.McpServer.Audit;
using McpAspire.McpServer.Configuration;
using McpAspire.McpServer.Data;
using McpAspire.McpServer.Tenancy;
using McpAspire.McpServer.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.McpServer.Tests;

/// <summary>The audit trail stays within its bounds: what is too old goes, then the oldest of what is too many.</summary>
public sealed class AuditRetentionTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcp-server-audit-").FullName;
    private readonly FakeTimeProvider _clock = new();
    private readonly ServiceProvider _services;

    public AuditRetentionTests()
        => _services = new ServiceCollection()
            .AddScoped<Caller>()
            .AddDbContext<TicketsDbContext>(options => options.UseSqlite($"Data Source={Path.Combine(_folder, "audit.db")}"))
            .BuildServiceProvider();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var scope = _services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TicketsDbContext>().Database.EnsureCreatedAsync(Stopping);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Rows_OlderThanTheRetention_GoAtStart_AndLaterOnes_WhenTheirTimeHasCome()
    {
        await AddAsync(TimeSpan.FromDays(91), TimeSpan.FromDays(89.99), TimeSpan.FromDays(1));
        using var retention = Retention(new McpServerSettings { AuditRetentionDays = 90, AuditMaxRows = 0 });

        await retention.StartAsync(Stopping);
        Assert.Equal([TimeSpan.FromDays(89.99), TimeSpan.FromDays(1)], await AgesWhenThereAreAsync(2));
        _clock.Advance(AuditRetention.Interval);

        Assert.Equal([TimeSpan.FromDays(1) + AuditRetention.Interval], await AgesWhenThereAreAsync(1));
        await retention.StopAsync(Stopping);
    }

    [Fact]
    public async Task Rows_AboveTheMost_Go_TheOldestFirst_WhateverTheirTenant()
    {
        await AddAsync([.. Enumerable.Range(1, 2_500).Select(minutes => TimeSpan.FromMinutes(minutes))]);
        using var retention = Retention(new McpServerSettings { AuditMaxRows = 3 });

        await retention.StartAsync(Stopping);

        Assert.Equal([TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1)], await AgesWhenThereAreAsync(3));
        await retention.StopAsync(Stopping);
    }

    [Fact]
    public async Task Rows_WithoutARetention_StayHoweverOld()
    {
        await AddAsync(TimeSpan.FromDays(5_000), TimeSpan.FromDays(4_000), TimeSpan.FromDays(1));
        using var retention = Retention(new McpServerSettings { AuditRetentionDays = 0, AuditMaxRows = 2 });

        await retention.StartAsync(Stopping);

        Assert.Equal([TimeSpan.FromDays(4_000), TimeSpan.FromDays(1)], await AgesWhenThereAreAsync(2));
        await retention.StopAsync(Stopping);
    }

    private AuditRetention Retention(McpServerSettings settings)
        => new(_services.GetRequiredService<IServiceScopeFactory>(), Options.Create(settings), _clock, NullLogger<AuditRetention>.Instance);

    private async Task AddAsync(params TimeSpan[] ages)
    {
        await using var scope = _services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TicketsDbContext>();
        database.AuditEntries.AddRange(ages.Select((age, index) => new AuditEntry
        {
            Id = Guid.NewGuid(),
            Time = _clock.GetUtcNow() - age,
            Tenant = index % 2 == 0 ? "contoso" : "fabrikam",
            Allowed = true,
            RequiredScopes = "",
            GrantedScopes = "",
        }));
        await database.SaveChangesAsync(Stopping);
    }

    private Task<TimeSpan[]> AgesWhenThereAreAsync(int count) => Poll.UntilAsync(AgesAsync, ages => ages.Length == count);

    private async Task<TimeSpan[]> AgesAsync()
    {
        await using var scope = _services.CreateAsyncScope();
        var times = await scope.ServiceProvider.GetRequiredService<TicketsDbContext>().AuditEntries
            .IgnoreQueryFilters().OrderBy(entry => entry.Time).Select(entry => entry.Time).ToArrayAsync(Stopping);
        return [.. times.Select(time => _clock.GetUtcNow() - time)];
    }
}
