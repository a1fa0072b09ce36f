using System.ComponentModel;
using McpAspire.McpServer.Tickets;

namespace McpAspire.McpServer.Tools;

/// <summary>A ticket in a list.</summary>
internal sealed record TicketSummary(
    int Id, string Title, TicketStatus Status, TicketPriority Priority, string Requester, string? Assignee, DateTimeOffset UpdatedAt)
{
    public static TicketSummary Of(Ticket ticket)
        => new(ticket.Id, ticket.Title, ticket.Status, ticket.Priority, ticket.Requester, ticket.Assignee, ticket.UpdatedAt);
}

/// <summary>One page of a list.</summary>
internal sealed record TicketPage(
    IReadOnlyList<TicketSummary> Tickets,
    int Page,
    int PageSize,
    [property: Description("Tickets that match, on all pages")] int Total,
    [property: Description("The next page, when there is one")] int? NextPage);

/// <summary>A ticket with everything that is known about it.</summary>
internal sealed record TicketDetails(
    int Id,
    string Title,
    string Description,
    TicketStatus Status,
    TicketPriority Priority,
    string Requester,
    string? Assignee,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ClosedAt,
    string? Resolution,
    [property: Description("Pass it to a change, and the change fails when somebody else was faster")] int Version,
    IReadOnlyList<TicketComment> Comments)
{
    public static TicketDetails Of(Ticket ticket) => new(
        ticket.Id,
        ticket.Title,
        ticket.Description,
        ticket.Status,
        ticket.Priority,
        ticket.Requester,
        ticket.Assignee,
        ticket.CreatedAt,
        ticket.UpdatedAt,
        ticket.ClosedAt,
        ticket.Resolution,
        ticket.Version,
        [.. ticket.Comments.OrderBy(comment => comment.CreatedAt).ThenBy(comment => comment.Id)
            .Select(comment => new TicketComment(comment.Author, comment.Text, comment.CreatedAt))]);
}

/// <summary>What somebody wrote about a ticket.</summary>
internal sealed record TicketComment(string Author, string Text, DateTimeOffset CreatedAt);
