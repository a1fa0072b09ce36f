using Aspire.Hosting.ApplicationModel;

namespace CommunityToolkit.Aspire.Hosting.Dapr;

/// <summary>Options of all sidecars.</summary>
public sealed record DaprOptions
{
    /// <summary>The program that takes <c>run …</c>; when not set, <c>dapr</c> is searched where its installer puts it, and in PATH.</summary>
    public string? DaprPath { get; set; }

    /// <summary>Whether sidecars are told where to send their telemetry; they are unless this is false.</summary>
    public bool? EnableTelemetry { get; set; }

    /// <summary>Called for each sidecar with the resource that it stands beside.</summary>
    public Action<IResource, DaprSidecarOptions?>? PublishingConfigurationAction { get; set; }
}
