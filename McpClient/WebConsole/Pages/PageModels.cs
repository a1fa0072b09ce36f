using McpAspire.Client.Tickets;

namespace McpAspire.Client.WebConsole.Pages;

/// <summary>The hidden field that proves that a form comes from this console.</summary>
public sealed record FormToken(string Field, string Value);

/// <summary>What the ticket page shows.</summary>
public sealed record TicketListModel
{
    /// <summary>Who is signed in, as the server says.</summary>
    public required Identity Identity { get; init; }

    /// <summary>A page of the tickets of that person's tenant; null when the server did not give them.</summary>
    public TicketPage? Page { get; init; }

    /// <summary>Why there are no tickets.</summary>
    public string? Problem { get; init; }

    /// <summary>Which page it is, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The chosen filter.</summary>
    public required StatusFilter Filter { get; init; }

    /// <summary>The time of the page, for "2 hours ago".</summary>
    public required DateTimeOffset Now { get; init; }
}
