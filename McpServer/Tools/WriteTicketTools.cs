using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using McpAspire.McpAuthorization;
using McpAspire.McpServer.Tickets;
using ModelContextProtocol.Server;

namespace McpAspire.McpServer.Tools;

[McpServerToolType]
internal sealed class WriteTicketTools(TicketDesk desk)
{
    [McpServerTool(Name = "create_ticket", Title = "Create a ticket", Destructive = false, OpenWorld = false, UseStructuredContent = true)]
    [RequiresScope(TicketScopes.Write)]
    [Description("Creates a support ticket in your tenant and returns it with its number.")]
    public async Task<TicketDetails> CreateAsync(
        [Description("What it is about, in one line"), StringLength(Ticket.LongestTitle, MinimumLength = 1)] string title,
        [Description("What happened, since when and for whom"), StringLength(Ticket.LongestText, MinimumLength = 1)] string description,
        [Description("How much it hurts")] TicketPriority priority = TicketPriority.Normal,
        CancellationToken cancellationToken = default)
        => TicketDetails.Of(await desk.CreateAsync(title, description, priority, cancellationToken));

    [McpServerTool(Name = "comment_ticket", Title = "Comment on a ticket", Destructive = false, OpenWorld = false, UseStructuredContent = true)]
    [RequiresScope(TicketScopes.Write)]
    [Description("Adds a comment to a ticket of your tenant and returns the ticket.")]
    public async Task<TicketDetails> CommentAsync(
        [Description("Number of the ticket"), Range(1, int.MaxValue)] int id,
        [Description("The comment"), StringLength(Ticket.LongestText, MinimumLength = 1)] string text,
        [Description("The version that you have read; left out, the comment is added whatever changed since"), Range(1, int.MaxValue)] int? version = null,
        CancellationToken cancellationToken = default)
        => TicketDetails.Of(await desk.CommentAsync(id, text, version, cancellationToken));

    [McpServerTool(Name = "close_ticket", Title = "Close a ticket", Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [RequiresScope(TicketScopes.Write)]
    [Description("Closes a ticket of your tenant with its resolution and returns it. A closed ticket stays as it is.")]
    public async Task<TicketDetails> CloseAsync(
        [Description("Number of the ticket"), Range(1, int.MaxValue)] int id,
        [Description("How it was solved"), StringLength(Ticket.LongestText, MinimumLength = 1)] string resolution,
        [Description("The version that you have read; left out, the ticket is closed whatever changed since"), Range(1, int.MaxValue)] int? version = null,
        CancellationToken cancellationToken = default)
        => TicketDetails.Of(await desk.CloseAsync(id, resolution, version, cancellationToken));
}
