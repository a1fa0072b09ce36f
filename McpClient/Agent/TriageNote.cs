using McpAspire.Client.Tickets;

namespace McpAspire.Client.Agent;

/// <summary>
/// What the agent writes on a ticket. The last line names the state that the note is about: the note is its own
/// memory, so that another agent process, or this one after a restart, does not write it again.
/// </summary>
internal sealed record TriageNote(string Text, string Mark)
{
    private static readonly (string Topic, string Team, string[] Words)[] Topics =
    [
        ("a sign-in problem", "Identity", ["login", "log in", "sign in", "sign-in", "signin", "password", "mfa", "sso", "locked", "account"]),
        ("an outage", "Operations", ["down", "outage", "unavailable", "offline", "500", "503", "timeout", "crash"]),
        ("a billing question", "Finance", ["invoice", "billing", "payment", "charge", "refund", "vat", "price"]),
        ("a network problem", "Network", ["vpn", "network", "wifi", "wi-fi", "dns", "proxy", "firewall"]),
        ("a hardware problem", "Workplace", ["printer", "laptop", "screen", "monitor", "keyboard", "battery", "dock"]),
        ("a data request", "Data", ["export", "report", "csv", "import", "data"]),
    ];

    /// <summary>The note for the ticket's present state.</summary>
    public static TriageNote For(Ticket ticket)
    {
        var (topic, team) = Classify(ticket);
        var mark = MarkOf(ticket);
        var text = $"""
            Triage: this looks like {topic}. Routed to {team} with {ticket.Priority} priority; a first answer is due {DueIn(ticket.Priority)}.

            {mark}
            """;
        return new TriageNote(text.ReplaceLineEndings("\n"), mark);
    }

    /// <summary>True when the caller already wrote about this state.</summary>
    public bool IsOn(Ticket ticket, Identity self)
        => ticket.Comments.Any(comment => comment.Text.Contains(Mark, StringComparison.Ordinal)
            && comment.Author.Equals(self.User, StringComparison.OrdinalIgnoreCase));

    public static string MarkOf(Ticket ticket)
        => $"[triage {ticket.Id}/{ticket.Status}/{ticket.Priority}]";

    private static (string Topic, string Team) Classify(Ticket ticket)
    {
        // The title says more than the description: look there first.
        foreach (var source in (string[])[ticket.Title, ticket.Description])
        {
            foreach (var (topic, team, words) in Topics)
            {
                if (words.Any(word => ContainsWord(source, word)))
                {
                    return (topic, team);
                }
            }
        }

        return ("a general request", "the service desk");
    }

    private static bool ContainsWord(string text, string word)
    {
        for (var start = 0; (start = text.IndexOf(word, start, StringComparison.OrdinalIgnoreCase)) >= 0; start += word.Length)
        {
            if (start == 0 || !char.IsLetterOrDigit(text[start - 1]))
            {
                return true;
            }
        }

        return false;
    }

    private static string DueIn(string priority) => priority switch
    {
        "urgent" => "within one hour",
        "high" => "within four hours",
        "low" => "within three working days",
        _ => "within one working day",
    };
}
