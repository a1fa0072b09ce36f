using McpAspire.McpServer.Audit;
using McpAspire.McpServer.Tenancy;
using McpAspire.McpServer.Tickets;
using Microsoft.EntityFrameworkCore;

namespace McpAspire.McpServer.Data;

/// <summary>
/// The tickets and the audit trail. Every query sees the caller's tenant only; without a caller it throws
/// instead of seeing nothing or everything.
/// </summary>
internal sealed class TicketsDbContext(DbContextOptions<TicketsDbContext> options, Caller caller) : DbContext(options)
{
    public DbSet<Ticket> Tickets => Set<Ticket>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    private string CurrentTenant => caller.Tenant;

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite has no type for it and cannot order its text form.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMillisecondsConverter>();
        configurationBuilder.Properties<TicketStatus>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<TicketPriority>().HaveConversion<string>().HaveMaxLength(20);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Ticket>(ticket =>
        {
            ticket.HasQueryFilter(row => row.Tenant == CurrentTenant);
            ticket.Property(row => row.Tenant).HasMaxLength(Ticket.LongestName);
            ticket.Property(row => row.Title).HasMaxLength(Ticket.LongestTitle);
            ticket.Property(row => row.Description).HasMaxLength(Ticket.LongestText);
            ticket.Property(row => row.Resolution).HasMaxLength(Ticket.LongestText);
            ticket.Property(row => row.Version).IsConcurrencyToken();
            ticket.HasIndex(row => new { row.Tenant, row.Status, row.UpdatedAt });
            ticket.HasMany(row => row.Comments).WithOne().HasForeignKey(comment => comment.TicketId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Comment>(comment =>
        {
            comment.ToTable("Comments");
            comment.HasQueryFilter(row => row.Tenant == CurrentTenant);
            comment.Property(row => row.Tenant).HasMaxLength(Ticket.LongestName);
            comment.Property(row => row.Text).HasMaxLength(Ticket.LongestText);
        });
        modelBuilder.Entity<AuditEntry>(entry =>
        {
            entry.HasQueryFilter(row => row.Tenant == CurrentTenant);
            entry.Property(row => row.Id).ValueGeneratedNever();
            entry.HasIndex(row => new { row.Tenant, row.Time });
            entry.HasIndex(row => new { row.Time, row.Id });
        });
    }
}
