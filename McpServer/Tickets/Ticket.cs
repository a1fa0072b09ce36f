namespace McpAspire.McpServer.Tickets;

/// <summary>A request for support; belongs to one tenant for good.</summary>
internal sealed class Ticket
{
    public const int LongestTitle = 200;
    public const int LongestText = 4000;
    public const int LongestName = 100;

    public int Id { get; init; }

    public required string Tenant { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required TicketPriority Priority { get; init; }

    public TicketStatus Status { get; private set; } = TicketStatus.Open;

    public required string Requester { get; init; }

    public string? Assignee { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public DateTimeOffset? ClosedAt { get; private set; }

    public string? Resolution { get; private set; }

    /// <summary>Grows with every change; two changes from the same version cannot both be saved.</summary>
    public int Version { get; private set; } = 1;

    public List<Comment> Comments { get; } = [];

    public static Ticket Open(
        string tenant, string title, string description, TicketPriority priority, string requester, DateTimeOffset now, string? assignee = null) => new()
        {
            Tenant = tenant,
            Title = title,
            Description = description,
            Priority = priority,
            Requester = requester,
            Assignee = assignee,
            CreatedAt = now,
            UpdatedAt = now,
        };

    public void Comment(string author, string text, DateTimeOffset now)
    {
        Comments.Add(new Comment { Tenant = Tenant, Author = author, Text = text, CreatedAt = now });
        Touch(now);
    }

    public void Wait(DateTimeOffset now)
    {
        Status = TicketStatus.Waiting;
        Touch(now);
    }

    public void Close(string resolution, DateTimeOffset now)
    {
        Status = TicketStatus.Closed;
        Resolution = resolution;
        ClosedAt = now;
        Touch(now);
    }

    private void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }
}
