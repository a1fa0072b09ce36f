using Aspire.Hosting.ApplicationModel;
using Proto = Aspire.Hosting.Dashboard.Protocol;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>Log lines in messages that are not longer than the dashboard accepts.</summary>
internal static class ConsoleLogUpdates
{
    public static IEnumerable<Proto.WatchResourceConsoleLogsUpdate> From(IReadOnlyList<LogLine> lines, int longest)
    {
        var update = new Proto.WatchResourceConsoleLogsUpdate();
        var length = 0;
        foreach (var line in lines)
        {
            var text = line.Content.Length > longest ? line.Content[..longest] : line.Content;
            if (update.LogLines.Count > 0 && length + text.Length > longest)
            {
                yield return update;
                update = new Proto.WatchResourceConsoleLogsUpdate();
                length = 0;
            }

            update.LogLines.Add(new Proto.ConsoleLogLine { Text = text, IsStdErr = line.IsErrorMessage, LineNumber = line.LineNumber });
            length += text.Length;
        }

        if (update.LogLines.Count > 0)
        {
            yield return update;
        }
    }
}
