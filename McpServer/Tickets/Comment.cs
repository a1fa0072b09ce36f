namespace McpAspire.McpServer.Tickets;

/// <summary>What somebody wrote about a ticket.</summary>
internal sealed class Comment
{
    public int Id { get; init; }

    public int TicketId { get; init; }

    public required string Tenant { get; init; }

    public required string Author { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
