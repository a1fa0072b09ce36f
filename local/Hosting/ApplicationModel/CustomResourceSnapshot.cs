using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What can be said about a resource at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    private readonly ImmutableArray<HealthReportSnapshot> _healthReports = [];
    private readonly ResourceStateSnapshot? _state;

    /// <summary>The kind, such as <c>Project</c>.</summary>
    public required string ResourceType { get; init; }

    /// <summary>Details by name.</summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    /// <summary>When the resource came to be.</summary>
    public DateTime? CreationTimeStamp { get; init; }

    /// <summary>When its process was started.</summary>
    public DateTime? StartTimeStamp { get; init; }

    /// <summary>When its process ended.</summary>
    public DateTime? StopTimeStamp { get; init; }

    /// <summary>The state.</summary>
    public ResourceStateSnapshot? State
    {
        get => _state;
        init
        {
            _state = value;
            HealthStatus = ComputeHealth(_healthReports, value?.Text);
        }
    }

    /// <summary>The exit code of its process.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The worst of the health reports while the resource runs, else nothing.</summary>
    public HealthStatus? HealthStatus { get; private init; }

    /// <summary>The health reports.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports
    {
        get => _healthReports;
        internal init
        {
            _healthReports = value;
            HealthStatus = ComputeHealth(value, _state?.Text);
        }
    }

    /// <summary>Environment variables of its process.</summary>
    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    /// <summary>Where it is reached.</summary>
    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    /// <summary>Its volumes.</summary>
    public ImmutableArray<VolumeSnapshot> Volumes { get; init; } = [];

    /// <summary>What can be done with it.</summary>
    public ImmutableArray<ResourceCommandSnapshot> Commands { get; init; } = [];

    /// <summary>What it has to do with other resources.</summary>
    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    /// <summary>The resource is not shown.</summary>
    public bool IsHidden { get; init; }

    /// <summary>The icon, by its Fluent name.</summary>
    public string? IconName { get; init; }

    /// <summary>The variant of the icon.</summary>
    public IconVariant? IconVariant { get; init; }

    /// <summary>Completed once those who wait for the resource's readiness were called.</summary>
    internal Task? ResourceReady { get; init; }

    internal static HealthStatus? ComputeHealth(ImmutableArray<HealthReportSnapshot> reports, string? state)
    {
        if (state != KnownResourceStates.Running)
        {
            return null;
        }

        return reports.Length == 0
            ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
            : reports.Min(r => r.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);
    }
}
