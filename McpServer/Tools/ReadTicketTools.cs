using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using McpAspire.McpAuthorization;
using McpAspire.McpServer.Tickets;
using ModelContextProtocol.Server;

namespace McpAspire.McpServer.Tools;

[McpServerToolType]
internal sealed class ReadTicketTools(TicketDesk desk)
{
    private const int LargestPage = 100;

    [McpServerTool(Name = "list_tickets", Title = "List tickets", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [RequiresScope(TicketScopes.Read)]
    [Description("Lists support tickets of your tenant, the most recently changed first, page by page. Use get_ticket for description and comments.")]
    public async Task<TicketPage> ListAsync(
        [Description("Only tickets in this state")] TicketStatus? status = null,
        [Description("Only tickets of this priority")] TicketPriority? priority = null,
        [Description("Only tickets with this text in title or description"), StringLength(Ticket.LongestTitle)] string? search = null,
        [Description("Number of the page, from 1"), Range(1, 100_000)] int page = 1,
        [Description("Tickets on a page"), Range(1, LargestPage)] int pageSize = 20,
        CancellationToken cancellationToken = default)
    {
        var (tickets, total) = await desk.ListAsync(new TicketQuery(status, priority, search, page, pageSize), cancellationToken);
        return new TicketPage([.. tickets.Select(TicketSummary.Of)], page, pageSize, total, page * pageSize < total ? page + 1 : null);
    }

    [McpServerTool(Name = "get_ticket", Title = "Read a ticket", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [RequiresScope(TicketScopes.Read)]
    [Description("Returns one ticket of your tenant with its description, comments and version.")]
    public async Task<TicketDetails> GetAsync(
        [Description("Number of the ticket"), Range(1, int.MaxValue)] int id,
        CancellationToken cancellationToken)
        => TicketDetails.Of(await desk.GetAsync(id, cancellationToken));
}
