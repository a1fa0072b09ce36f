using McpAspire.McpServer.Data;
using McpAspire.McpServer.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace McpAspire.McpServer.Tickets;

/// <summary>What can be done with the tickets of the caller's tenant.</summary>
internal sealed class TicketDesk(TicketsDbContext database, Caller caller, TimeProvider time)
{
    public async Task<Ticket> GetAsync(int id, CancellationToken cancellationToken)
        => await database.Tickets.Include(ticket => ticket.Comments).SingleOrDefaultAsync(ticket => ticket.Id == id, cancellationToken)
            ?? throw TicketException.NotFound(id);

    public async Task<(List<Ticket> Tickets, int Total)> ListAsync(TicketQuery query, CancellationToken cancellationToken)
    {
        var matching = query.ApplyTo(database.Tickets.AsNoTracking());
        var total = await matching.CountAsync(cancellationToken);
        var page = await matching
            .OrderByDescending(ticket => ticket.UpdatedAt).ThenByDescending(ticket => ticket.Id)
            .Skip((query.Page - 1) * query.PageSize).Take(query.PageSize)
            .ToListAsync(cancellationToken);
        return (page, total);
    }

    public Task<List<Ticket>> ExportAsync(int fromId, int limit, CancellationToken cancellationToken)
        => database.Tickets.AsNoTracking().Include(ticket => ticket.Comments)
            .Where(ticket => ticket.Id >= fromId).OrderBy(ticket => ticket.Id).Take(limit)
            .ToListAsync(cancellationToken);

    public async Task<Ticket> CreateAsync(string title, string description, TicketPriority priority, CancellationToken cancellationToken)
    {
        var ticket = Ticket.Open(caller.Tenant, title, description, priority, caller.Name, time.GetUtcNow());
        database.Tickets.Add(ticket);
        await database.SaveChangesAsync(cancellationToken);
        return ticket;
    }

    public Task<Ticket> CommentAsync(int id, string text, int? version, CancellationToken cancellationToken)
        => ChangeAsync(id, version, ticket => ticket.Comment(caller.Name, text, time.GetUtcNow()), cancellationToken);

    /// <summary>Closing a closed ticket changes nothing, so that a repeated call does no harm.</summary>
    public Task<Ticket> CloseAsync(int id, string resolution, int? version, CancellationToken cancellationToken)
        => ChangeAsync(
            id,
            version,
            ticket =>
            {
                if (ticket.Status != TicketStatus.Closed)
                {
                    ticket.Close(resolution, time.GetUtcNow());
                }
            },
            cancellationToken);

    public async Task<Ticket> DeleteAsync(int id, CancellationToken cancellationToken)
    {
        var ticket = await GetAsync(id, cancellationToken);
        database.Tickets.Remove(ticket);
        await SaveAsync(id, cancellationToken);
        return ticket;
    }

    private async Task<Ticket> ChangeAsync(int id, int? version, Action<Ticket> change, CancellationToken cancellationToken)
    {
        var ticket = await GetAsync(id, cancellationToken);
        if (version is { } expected && expected != ticket.Version)
        {
            throw TicketException.Changed(id);
        }

        change(ticket);
        await SaveAsync(id, cancellationToken);
        return ticket;
    }

    private async Task SaveAsync(int id, CancellationToken cancellationToken)
    {
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw TicketException.Changed(id);
        }
    }
}
