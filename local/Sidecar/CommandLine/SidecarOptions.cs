using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.CommandLine;

/// <summary>What the command line and the environment say, checked.</summary>
internal sealed record SidecarOptions
{
    public required string AppId { get; init; }

    /// <summary>Scopes are not looked at: for a check of several apps' resources at once.</summary>
    public bool AnyAppId { get; init; }

    public string Namespace { get; init; } = "default";

    /// <summary>Whether it was named: as in Dapr resources of other namespaces are then not for this sidecar.</summary>
    public bool HasNamespace { get; init; }

    /// <summary>0: no app behind this sidecar.</summary>
    public int AppPort { get; init; }

    public string AppProtocol { get; init; } = "http";

    public string AppChannelAddress { get; init; } = "127.0.0.1";

    public int HttpPort { get; init; } = 3500;

    public int GrpcPort { get; init; } = 50001;

    /// <summary>Where other sidecars of this user call.</summary>
    public int InternalGrpcPort { get; init; }

    public int MetricsPort { get; init; } = 9090;

    public string MetricsListenAddress { get; init; } = "127.0.0.1";

    public bool EnableMetrics { get; init; } = true;

    public int? PublicPort { get; init; }

    public string PublicListenAddress { get; init; } = "127.0.0.1";

    /// <summary>Loopback unless said otherwise: daprd's default is every interface.</summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = ["127.0.0.1"];

    public IReadOnlyList<string> ConfigPaths { get; init; } = [];

    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Bytes of a request body; null: no limit.</summary>
    public long? MaxBodySize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of the headers of a request, and of the app's response.</summary>
    public int ReadBufferSize { get; init; } = 4 * 1024;

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public bool LogAsJson { get; init; }

    /// <summary>Null: as the Configuration says.</summary>
    public bool? EnableApiLogging { get; init; }

    public bool DisableInitConfig { get; init; }

    /// <summary>The app is not asked which topics it wants.</summary>
    public bool DisableInitSubscribe { get; init; }

    /// <summary>How long the app may take to say whether it wants an input binding.</summary>
    public TimeSpan AppBindingOptionsTimeout { get; init; } = TimeSpan.FromSeconds(3);

    public AppHealthCheck? AppHealthCheck { get; init; }

    public int AppMaxConcurrency { get; init; } = -1;

    /// <summary>How long calls are served on after the wish to end, unless the app becomes unhealthy; null: not at all.</summary>
    public TimeSpan? BlockShutdown { get; init; }

    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Callers of this sidecar must send it as <c>dapr-api-token</c>.</summary>
    public string? ApiToken { get; init; }

    /// <summary>Sent to the app as <c>dapr-api-token</c>.</summary>
    public string? AppApiToken { get; init; }

    /// <summary>What follows <c>--</c>: the app to start as a child.</summary>
    public IReadOnlyList<string> AppCommand { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Never its values: the tokens are among them.</summary>
    public override string ToString() => AppId;

    public string AppScheme => AppProtocol is "https" or "grpcs" ? "https" : "http";

    /// <summary>Without a path.</summary>
    public string AppAddress
        => $"{AppScheme}://{(AppChannelAddress.Contains(':', StringComparison.Ordinal) && AppChannelAddress[0] != '[' ? $"[{AppChannelAddress}]" : AppChannelAddress)}:{AppPort}";

    /// <summary>The app serves Dapr's <c>AppCallback</c>.</summary>
    public bool IsGrpcApp => AppProtocol is "grpc" or "grpcs";
}

/// <summary>How the app's own health is watched.</summary>
internal sealed record AppHealthCheck(string Path, TimeSpan Interval, TimeSpan Timeout, int Threshold);
