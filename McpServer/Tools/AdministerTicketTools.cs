using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using McpAspire.McpAuthorization;
using McpAspire.McpServer.Tickets;
using ModelContextProtocol.Server;

namespace McpAspire.McpServer.Tools;

[McpServerToolType]
internal sealed class AdministerTicketTools(TicketDesk desk)
{
    [McpServerTool(Name = "delete_ticket", Title = "Delete a ticket", Destructive = true, OpenWorld = false, UseStructuredContent = true)]
    [RequiresScope(TicketScopes.Admin)]
    [Description("Deletes a ticket of your tenant with all its comments, for good. Close it instead unless it must disappear.")]
    public async Task<DeletedTicket> DeleteAsync(
        [Description("Number of the ticket"), Range(1, int.MaxValue)] int id,
        CancellationToken cancellationToken)
    {
        var ticket = await desk.DeleteAsync(id, cancellationToken);
        return new DeletedTicket(ticket.Id, ticket.Title, ticket.Comments.Count);
    }

    [McpServerTool(Name = "export_tickets", Title = "Export tickets", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [RequiresScope(TicketScopes.Admin)]
    [Description("Returns tickets of your tenant with description and comments, the oldest first. Ask again from nextId until there is none.")]
    public async Task<TicketExport> ExportAsync(
        [Description("Start with this number"), Range(1, int.MaxValue)] int fromId = 1,
        [Description("At most so many tickets"), Range(1, 200)] int limit = 100,
        CancellationToken cancellationToken = default)
    {
        var tickets = await desk.ExportAsync(fromId, limit + 1, cancellationToken);
        return new TicketExport([.. tickets.Take(limit).Select(TicketDetails.Of)], tickets.Count > limit ? tickets[limit].Id : null);
    }

    internal sealed record DeletedTicket(int Id, string Title, [property: Description("Comments that went with it")] int Comments);

    internal sealed record TicketExport(
        IReadOnlyList<TicketDetails> Tickets,
        [property: Description("Where to go on, when there is more")] int? NextId);
}
