namespace McpAspire.McpServer.Tickets;

/// <summary>A call cannot be done, and the message is a sentence for the caller.</summary>
internal sealed class TicketException(string message) : Exception(message)
{
    /// <summary>The same sentence for a ticket that does not exist and for one of another tenant.</summary>
    public static TicketException NotFound(int id) => new($"Ticket {id} was not found.");

    public static TicketException Changed(int id)
        => new($"Ticket {id} was changed by somebody else in the meantime. Read it again and repeat the call with its new version.");
}
