using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace McpAspire.Client.Tests.Fakes;

/// <summary>Tickets of two tenants, shared by all requests of one test.</summary>
public sealed class TicketStore
{
    private readonly Lock gate = new();
    private readonly List<StoredTicket> tickets = [];

    public StoredTicket Add(string tenant, string title, string status = "open", string priority = "normal", string description = "")
    {
        lock (gate)
        {
            var ticket = new StoredTicket { Id = tickets.Count + 1, Tenant = tenant, Title = title, Status = status, Priority = priority, Description = description };
            tickets.Add(ticket);
            return ticket;
        }
    }

    public IReadOnlyList<StoredTicket> Of(string tenant)
    {
        lock (gate)
        {
            return [.. tickets.Where(ticket => ticket.Tenant == tenant).Reverse()];
        }
    }

    public int Comments
    {
        get
        {
            lock (gate)
            {
                return tickets.Sum(ticket => ticket.Comments.Count);
            }
        }
    }

    public StoredTicket Comment(string tenant, int id, string author, string text, int? version)
    {
        lock (gate)
        {
            var ticket = tickets.FirstOrDefault(ticket => ticket.Id == id && ticket.Tenant == tenant) ?? throw new McpException($"Ticket {id} was not found.");
            if (version is { } expected && expected != ticket.Version)
            {
                throw new McpException($"Ticket {id} was changed by somebody else in the meantime.");
            }

            ticket.Comments.Add(new StoredComment(author, text));
            ticket.Version++;
            return ticket;
        }
    }
}

public sealed record StoredComment(string Author, string Text);

public sealed class StoredTicket
{
    public required int Id { get; init; }

    public required string Tenant { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string Priority { get; set; }

    public required string Status { get; set; }

    public int Version { get; set; } = 1;

    public List<StoredComment> Comments { get; } = [];
}

/// <summary>The tools of the real server, same names and shapes, on <see cref="TicketStore"/>.</summary>
[McpServerToolType]
public sealed class TicketServer(TicketStore store, IHttpContextAccessor http)
{
    private ClaimsPrincipal User => http.HttpContext!.User;

    private string Tenant => User.FindFirstValue("tenant")!;

    private string Name => User.FindFirstValue("preferred_username")!;

    [McpServerTool(Name = "whoami", UseStructuredContent = true), Description("Says who is signed in.")]
    public WhoAmIAnswer WhoAmI() => new(Name, null, Tenant, "test-client", ["tickets:read", "tickets:write"], DateTimeOffset.UtcNow.AddMinutes(5));

    [McpServerTool(Name = "list_tickets", UseStructuredContent = true), Description("Lists support tickets of your tenant.")]
    public PageAnswer List(
        [Description("Only tickets in this state")] TicketState? status = null,
        [Description("Number of the page, from 1")] int page = 1,
        [Description("Tickets on a page")] int pageSize = 20)
    {
        var matching = store.Of(Tenant).Where(ticket => status is null || ticket.Status == status.Value.ToString().ToLowerInvariant()).ToArray();
        var shown = matching.Skip((page - 1) * pageSize).Take(pageSize).Select(SummaryAnswer.Of).ToArray();
        return new PageAnswer(shown, matching.Length, page * pageSize < matching.Length ? page + 1 : null);
    }

    [McpServerTool(Name = "get_ticket", UseStructuredContent = true), Description("Returns one ticket.")]
    public TicketAnswer Get([Description("Number of the ticket")] int id)
        => TicketAnswer.Of(store.Of(Tenant).FirstOrDefault(ticket => ticket.Id == id) ?? throw new McpException($"Ticket {id} was not found."));

    [McpServerTool(Name = "comment_ticket", UseStructuredContent = true), Description("Adds a comment to a ticket.")]
    public TicketAnswer Comment([Description("Number of the ticket")] int id, [Description("The comment")] string text, int? version = null)
        => TicketAnswer.Of(store.Comment(Tenant, id, Name, text, version));
}

[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<TicketState>))]
public enum TicketState
{
    [System.Text.Json.Serialization.JsonStringEnumMemberName("open")]
    Open,
    [System.Text.Json.Serialization.JsonStringEnumMemberName("waiting")]
    Waiting,
    [System.Text.Json.Serialization.JsonStringEnumMemberName("closed")]
    Closed,
}

public sealed record WhoAmIAnswer(string User, string? Name, string Tenant, string? Client, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt);

public sealed record PageAnswer(IReadOnlyList<SummaryAnswer> Tickets, int Total, int? NextPage);

public sealed record SummaryAnswer(int Id, string Title, string Status, string Priority, string Requester, DateTimeOffset UpdatedAt)
{
    public static SummaryAnswer Of(StoredTicket ticket)
        => new(ticket.Id, ticket.Title, ticket.Status, ticket.Priority, "someone", DateTimeOffset.UtcNow.AddHours(-2));
}

public sealed record TicketAnswer(int Id, string Title, string Description, string Status, string Priority, DateTimeOffset UpdatedAt, int Version, IReadOnlyList<StoredComment> Comments)
{
    public static TicketAnswer Of(StoredTicket ticket)
        => new(ticket.Id, ticket.Title, ticket.Description, ticket.Status, ticket.Priority, DateTimeOffset.UtcNow, ticket.Version, [.. ticket.Comments]);
}
