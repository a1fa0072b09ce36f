using System.Text.RegularExpressions;

namespace McpAspire.McpServer.Data;

/// <summary>Operation and table of a statement, for the name of its span: few different values.</summary>
internal readonly partial record struct StatementSummary(string Operation, string? Collection)
{
    public string Summary => Collection is null ? Operation : $"{Operation} {Collection}";

    public static StatementSummary Of(string statement)
    {
        var operation = FirstWord().Match(statement).Value.ToUpperInvariant();
        var collection = Table().Match(statement) is { Success: true } match ? match.Groups["table"].Value : null;
        return new(operation.Length == 0 ? "STATEMENT" : operation, collection);
    }

    [GeneratedRegex(@"[A-Za-z]+")]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\b(?:FROM|INTO|UPDATE)\s+""(?<table>\w+)""")]
    private static partial Regex Table();
}
