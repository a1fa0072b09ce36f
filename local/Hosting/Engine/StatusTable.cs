using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>The resources with their state and address, as a table.</summary>
internal static class StatusTable
{
    public static IEnumerable<string> Of(IEnumerable<(string Name, CustomResourceSnapshot Snapshot)> resources)
    {
        var rows = resources.Select(r => (r.Name, State: State(r.Snapshot), Url: Url(r.Snapshot))).Prepend(("RESOURCE", "STATE", "URL")).ToList();
        var name = rows.Max(r => r.Item1.Length);
        var state = rows.Max(r => r.Item2.Length);
        return rows.Select(r => $"{r.Item1.PadRight(name)}  {r.Item2.PadRight(state)}  {r.Item3}".TrimEnd());
    }

    private static string State(CustomResourceSnapshot snapshot)
        => snapshot.HealthStatus is { } health ? $"{snapshot.State!.Text}, {health}" : ResourceStateText.Of(snapshot);

    private static string Url(CustomResourceSnapshot snapshot)
        => snapshot.Urls
            .Where(u => !u.IsInternal)
            .OrderByDescending(u => u.DisplayProperties.SortOrder)
            .ThenByDescending(u => u.Name is "http" or "https")
            .FirstOrDefault()?.Url ?? string.Empty;
}
