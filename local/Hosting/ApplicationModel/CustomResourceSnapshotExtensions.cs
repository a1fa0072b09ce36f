using System.Collections.Immutable;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Changes of a snapshot.</summary>
public static class CustomResourceSnapshotExtensions
{
    /// <summary>The snapshot with other health reports.</summary>
    public static CustomResourceSnapshot WithHealthReports(
        this CustomResourceSnapshot snapshot,
        ImmutableArray<HealthReportSnapshot> healthReports)
        => snapshot with { HealthReports = healthReports };

    internal static CustomResourceSnapshot WithProperty(this CustomResourceSnapshot snapshot, string name, object? value, bool sensitive = false)
    {
        var property = new ResourcePropertySnapshot(name, value) { IsSensitive = sensitive };
        var others = snapshot.Properties.RemoveAll(p => p.Name == name);
        return snapshot with { Properties = others.Add(property) };
    }
}
