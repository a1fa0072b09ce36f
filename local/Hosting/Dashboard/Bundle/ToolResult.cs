namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>How a command line tool ended.</summary>
internal sealed record ToolResult(int? ExitCode, string Output, string Error)
{
    private const int LongestSummary = 300;

    public bool Succeeded => ExitCode == 0;

    /// <summary>The line of its complaint that says most.</summary>
    public string Summary
    {
        get
        {
            // npm's first line is a bare code ("npm error code ENOTFOUND"); the sentence comes after it.
            var lines = (Error.Length > 0 ? Error : Output)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var line = lines.FirstOrDefault(l => l.StartsWith("npm error ", StringComparison.Ordinal) && l.Split(' ').Length > 4)
                       ?? lines.FirstOrDefault();
            return line is null ? $"exit code {ExitCode}" : line[..Math.Min(line.Length, LongestSummary)];
        }
    }
}
