using System.Collections.Immutable;

namespace CommunityToolkit.Aspire.Hosting.Dapr;

/// <summary>Options of one sidecar, by the names that <c>dapr run</c> has for them.</summary>
public sealed record DaprSidecarOptions
{
    private readonly string? _daprMaxBodySize;
    private readonly string? _daprReadBufferSize;

    /// <summary>The address at which the app listens.</summary>
    public string? AppChannelAddress { get; init; }

    /// <summary>The endpoint of the app that the sidecar calls.</summary>
    public string? AppEndpoint { get; init; }

    /// <summary>The path of the app's health check.</summary>
    public string? AppHealthCheckPath { get; init; }

    /// <summary>Seconds between two health checks of the app.</summary>
    public int? AppHealthProbeInterval { get; init; }

    /// <summary>Milliseconds that a health check of the app may take.</summary>
    public int? AppHealthProbeTimeout { get; init; }

    /// <summary>The number of failed health checks after which the app counts as unhealthy.</summary>
    public int? AppHealthThreshold { get; init; }

    /// <summary>The id of the app; by default the name of its resource.</summary>
    public string? AppId { get; init; }

    /// <summary>The number of calls of the app at the same time.</summary>
    public int? AppMaxConcurrency { get; init; }

    /// <summary>The port of the app.</summary>
    public int? AppPort { get; init; }

    /// <summary>The protocol of the app: http, https, grpc, grpcs or h2c.</summary>
    public string? AppProtocol { get; init; }

    /// <summary>The program that the sidecar starts.</summary>
    public IImmutableList<string> Command { get; init; } = ImmutableList<string>.Empty;

    /// <summary>The configuration file, relative to the AppHost.</summary>
    public string? Config { get; init; }

    /// <summary>The gRPC port.</summary>
    public int? DaprGrpcPort { get; init; }

    /// <summary>The greatest body in MB.</summary>
    [Obsolete($"Use {nameof(DaprMaxBodySize)}", false)]
    public int? DaprHttpMaxRequestSize { get; init; }

    /// <summary>The HTTP port.</summary>
    public int? DaprHttpPort { get; init; }

    /// <summary>The greatest header in KB.</summary>
    [Obsolete($"Use {nameof(DaprReadBufferSize)}", false)]
    public int? DaprHttpReadBufferSize { get; init; }

    /// <summary>The gRPC port between sidecars.</summary>
    public int? DaprInternalGrpcPort { get; init; }

    /// <summary>The addresses to listen on, separated by commas.</summary>
    public string? DaprListenAddresses { get; init; }

#pragma warning disable CS0618 // The older options give the newer ones their value.
    /// <summary>The greatest body, such as <c>16Mi</c>.</summary>
    public string? DaprMaxBodySize
    {
        get => _daprMaxBodySize ?? (DaprHttpMaxRequestSize is { } size ? $"{size}Mi" : null);
        init => _daprMaxBodySize = value;
    }

    /// <summary>The greatest header, such as <c>32Ki</c>.</summary>
    public string? DaprReadBufferSize
    {
        get => _daprReadBufferSize ?? (DaprHttpReadBufferSize is { } size ? $"{size}Ki" : null);
        init => _daprReadBufferSize = value;
    }
#pragma warning restore CS0618

    /// <summary>Calls are logged.</summary>
    public bool? EnableApiLogging { get; init; }

    /// <summary>The health of the app is checked.</summary>
    public bool? EnableAppHealthCheck { get; init; }

    /// <summary>Profiling is on.</summary>
    public bool? EnableProfiling { get; init; }

    /// <summary>debug, info, warn, error, fatal or panic.</summary>
    public string? LogLevel { get; init; }

    /// <summary>The port of the metrics.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>The placement service, as host or host:port.</summary>
    public string? PlacementHostAddress { get; init; }

    /// <summary>The port of profiling.</summary>
    public int? ProfilePort { get; init; }

    /// <summary>The folders of the resources, relative to the AppHost.</summary>
    public IImmutableSet<string> ResourcesPaths { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>The run file.</summary>
    public string? RunFile { get; init; }

    /// <summary>The folder of daprd.</summary>
    public string? RuntimePath { get; init; }

    /// <summary>The scheduler service, as host or host:port.</summary>
    public string? SchedulerHostAddress { get; init; }

    /// <summary>The folder of a Unix domain socket.</summary>
    public string? UnixDomainSocket { get; init; }
}
