using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.Tickets;

/// <summary>The server's ticket tools, typed. Unknown members of an answer are ignored: a newer server keeps working.</summary>
internal sealed class TicketTools(McpClient server)
{
    public const string WhoAmI = "whoami";
    public const string ListTickets = "list_tickets";
    public const string GetTicket = "get_ticket";
    public const string CommentTicket = "comment_ticket";

    public Task<Identity> WhoAmIAsync(CancellationToken cancellationToken)
        => CallAsync<Identity>(WhoAmI, [], cancellationToken);

    /// <summary>A page of the tickets of the caller's tenant; <paramref name="status"/> null means all.</summary>
    public Task<TicketPage> ListAsync(string? status, int page, int pageSize, CancellationToken cancellationToken)
    {
        var arguments = new Dictionary<string, object?> { ["page"] = page, ["pageSize"] = pageSize };
        if (status is not null)
        {
            arguments["status"] = status;
        }

        return CallAsync<TicketPage>(ListTickets, arguments, cancellationToken);
    }

    public Task<Ticket> GetAsync(int id, CancellationToken cancellationToken)
        => CallAsync<Ticket>(GetTicket, new() { ["id"] = id }, cancellationToken);

    /// <summary>Comments on the version that was read, and fails when the ticket has changed since.</summary>
    public Task<Ticket> CommentAsync(Ticket ticket, string text, CancellationToken cancellationToken)
    {
        var arguments = new Dictionary<string, object?> { ["id"] = ticket.Id, ["text"] = text };
        if (ticket.Version is { } version)
        {
            arguments["version"] = version;
        }

        return CallAsync<Ticket>(CommentTicket, arguments, cancellationToken);
    }

    private async Task<T> CallAsync<T>(string tool, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
        where T : class
    {
        var result = await server.CallToolAsync(tool, arguments, cancellationToken: cancellationToken).ConfigureAwait(false);
        var text = string.Join(" ", result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        if (result.IsError == true)
        {
            throw new ToolFailedException(tool, text.Length > 0 ? text : "It failed without a reason.");
        }

        try
        {
            var answer = result.StructuredContent is { } structured
                ? structured.Deserialize<T>(JsonSerializerOptions.Web)
                : JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web);
            return answer ?? throw new ToolFailedException(tool, "The answer is empty.");
        }
        catch (JsonException exception)
        {
            throw new ToolFailedException(tool, $"The answer cannot be read: {exception.Message}");
        }
    }
}
