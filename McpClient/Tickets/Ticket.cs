namespace McpAspire.Client.Tickets;

/// <summary>A ticket as the server's tools return it; a list leaves out description, version and comments.</summary>
public sealed record Ticket
{
    /// <summary>Number of the ticket.</summary>
    public required int Id { get; init; }

    /// <summary>What it is about.</summary>
    public required string Title { get; init; }

    /// <summary><c>open</c>, <c>waiting</c> or <c>closed</c>.</summary>
    public required string Status { get; init; }

    /// <summary><c>low</c>, <c>normal</c>, <c>high</c> or <c>urgent</c>.</summary>
    public required string Priority { get; init; }

    /// <summary>What happened.</summary>
    public string Description { get; init; } = "";

    /// <summary>Who asked.</summary>
    public string? Requester { get; init; }

    /// <summary>Who works on it.</summary>
    public string? Assignee { get; init; }

    /// <summary>The last change.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Passed to a change, which fails when somebody else was faster.</summary>
    public int? Version { get; init; }

    /// <summary>What people and agents wrote on it.</summary>
    public IReadOnlyList<TicketComment> Comments { get; init; } = [];
}

/// <summary>What somebody wrote on a ticket.</summary>
public sealed record TicketComment
{
    /// <summary>User name of the writer.</summary>
    public required string Author { get; init; }

    /// <summary>The comment.</summary>
    public required string Text { get; init; }
}

/// <summary>One page of a list.</summary>
public sealed record TicketPage
{
    /// <summary>The tickets of this page, the most recently changed first.</summary>
    public required IReadOnlyList<Ticket> Tickets { get; init; }

    /// <summary>How many there are on all pages.</summary>
    public int Total { get; init; }

    /// <summary>The next page, when there is one.</summary>
    public int? NextPage { get; init; }
}
