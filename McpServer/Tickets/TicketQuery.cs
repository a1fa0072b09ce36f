using Microsoft.EntityFrameworkCore;

namespace McpAspire.McpServer.Tickets;

/// <summary>Which tickets, and which page of them.</summary>
internal sealed record TicketQuery(TicketStatus? Status, TicketPriority? Priority, string? Search, int Page, int PageSize)
{
    public IQueryable<Ticket> ApplyTo(IQueryable<Ticket> tickets)
    {
        if (Status is { } status)
        {
            tickets = tickets.Where(ticket => ticket.Status == status);
        }

        if (Priority is { } priority)
        {
            tickets = tickets.Where(ticket => ticket.Priority == priority);
        }

        if (!string.IsNullOrWhiteSpace(Search))
        {
            var pattern = $"%{Escaped(Search.Trim())}%";
            tickets = tickets.Where(ticket => EF.Functions.Like(ticket.Title, pattern, "\\") || EF.Functions.Like(ticket.Description, pattern, "\\"));
        }

        return tickets;
    }

    private static string Escaped(string text)
        => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
