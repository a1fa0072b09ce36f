using System.Diagnostics;
using System.Globalization;

namespace McpAspire.Integration;

/// <summary>Processes as Linux's /proc shows them; a process is known by its id and its start time, because ids come again.</summary>
internal static class ProcessTree
{
    /// <summary>Every descendant of a process.</summary>
    public static HashSet<(int Id, string StartTime)> Descendants(int root)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
            .OfType<ProcessEntry>()
            .ToLookup(entry => entry.Parent);
        var found = new HashSet<(int, string)>();
        var open = new Queue<int>([root]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in all[parent])
            {
                if (found.Add((child.Id, child.StartTime)))
                {
                    open.Enqueue(child.Id);
                }
            }
        }

        return found;
    }

    /// <summary>Waits until none of the processes lives, and returns those that still do at the deadline.</summary>
    public static async Task<IReadOnlyList<string>> SurvivorsAsync(IEnumerable<(int Id, string StartTime)> processes, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var alive = processes.Where(process => Read(process.Id) is { } entry && entry.StartTime == process.StartTime && entry.State != "Z").ToArray();
            if (alive.Length == 0 || clock.Elapsed > limit)
            {
                return [.. alive.Select(process => $"{process.Id} {Name(process.Id)}")];
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    public static async Task SignalAsync(int id, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static ProcessEntry? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessEntry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0], fields[19]);
        }
        catch (IOException)
        {
            return null; // it has ended
        }
    }

    private static string Name(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").Trim();
        }
        catch (IOException)
        {
            return "?";
        }
    }

    private sealed record ProcessEntry(int Id, int Parent, string State, string StartTime);
}
