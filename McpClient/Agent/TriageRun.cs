using McpAspire.Client.Sidecar;
using McpAspire.Client.Tickets;

namespace McpAspire.Client.Agent;

/// <summary>What one run saw and did.</summary>
internal sealed record TriageResult(int Open, int Commented);

/// <summary>One pass over the open tickets of the agent's tenant. Safe to repeat: a note is never written twice.</summary>
internal sealed partial class TriageRun(
    McpConnector connector, AgentOptions options, AgentStatus status, TimeProvider time, ILogger<TriageRun> logger)
{
    private const int PageSize = 100;

    public async Task<TriageResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var server = await connector.ConnectAsync(sessionValue: null, cancellationToken);
        var tools = new TicketTools(server);
        var self = await tools.WhoAmIAsync(cancellationToken);
        if (status.Authorised(self, TicketTools.WhoAmI, time.GetUtcNow()) is { } first)
        {
            LogFirstCall(first.Tool, self.User, self.Tenant ?? "none", string.Join(' ', self.Scopes), first.TraceId ?? "none");
        }

        var open = 0;
        var commented = 0;
        for (int? page = 1; page is not null && commented < options.MaxTicketsPerRun;)
        {
            var list = await tools.ListAsync("open", page.Value, PageSize, cancellationToken);
            open = list.Total;
            page = list.NextPage;
            foreach (var ticket in list.Tickets.Where(NeedsLook).Take(options.MaxTicketsPerRun - commented))
            {
                commented += await TriageAsync(tools, self, ticket.Id, cancellationToken) ? 1 : 0;
            }
        }

        return new TriageResult(open, commented);
    }

    private bool NeedsLook(Ticket ticket) => options.Handles(ticket.Priority) && !status.HasNote(TriageNote.MarkOf(ticket));

    private async Task<bool> TriageAsync(TicketTools tools, Identity self, int id, CancellationToken cancellationToken)
    {
        // The list has no comments, and the ticket may have changed since: decide on the ticket itself.
        var ticket = await tools.GetAsync(id, cancellationToken);
        var note = TriageNote.For(ticket);
        var needed = ticket.Status == "open" && !note.IsOn(ticket, self);
        if (needed)
        {
            try
            {
                await tools.CommentAsync(ticket, note.Text, cancellationToken);
            }
            catch (ToolFailedException exception)
            {
                // The version that was read is not the present one: somebody, or a second agent, was faster.
                // The next run looks at it again.
                LogSkipped(id, exception.Message);
                return false;
            }

            LogTriaged(id);
        }

        status.Remember(note.Mark);
        return needed;
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "First authorised call: {Tool} as {User} of tenant {Tenant} with scopes '{Scopes}', trace {TraceId}")]
    private partial void LogFirstCall(string tool, string user, string tenant, string scopes, string traceId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Triaged ticket {TicketId}")]
    private partial void LogTriaged(int ticketId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ticket {TicketId} was left for the next run: {Reason}")]
    private partial void LogSkipped(int ticketId, string reason);
}
