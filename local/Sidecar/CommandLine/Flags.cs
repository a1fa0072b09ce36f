namespace McpAspire.Sidecar.CommandLine;

/// <summary>Every flag of <c>dapr run</c> (1.18) and of daprd, and the short forms of the former.</summary>
internal static class Flags
{
    public static readonly Dictionary<string, Flag> ByName = new Flag[]
    {
        new("app-id"),
        new("app-port"),
        new("app-protocol"),
        new("app-channel-address"),
        new("app-health-check-path"),
        new("app-health-probe-interval"),
        new("app-health-probe-timeout"),
        new("app-health-threshold"),
        new("app-max-concurrency"),
        new("allowed-origins"),
        new("config", FlagKind.List),
        new("resources-path", FlagKind.List),
        new("dapr-http-port"),
        new("dapr-grpc-port"),
        new("dapr-internal-grpc-port"),
        new("dapr-listen-addresses"),
        new("dapr-public-port"),
        new("dapr-public-listen-address"),
        new("dapr-graceful-shutdown-seconds"),
        new("dapr-block-shutdown-duration"),
        new("metrics-port"),
        new("metrics-listen-address"),
        new("enable-metrics", FlagKind.Switch),
        new("enable-api-logging", FlagKind.Switch),
        new("enable-app-health-check", FlagKind.Switch),
        new("log-level"),
        new("log-as-json", FlagKind.Switch),
        new("max-body-size"),
        new("read-buffer-size"),
        new("disable-init-endpoints", FlagKind.List),
        new("version", FlagKind.Switch),
        new("build-info", FlagKind.Switch),
        new("help", FlagKind.Switch),

        new("components-path", FlagKind.List, FlagUse.Deprecated, "resources-path"),
        new("dapr-http-max-request-size", FlagKind.Text, FlagUse.Deprecated, "max-body-size"),
        new("dapr-http-read-buffer-size", FlagKind.Text, FlagUse.Deprecated, "read-buffer-size"),
        new("app-ssl", FlagKind.Switch, FlagUse.Deprecated, "app-protocol https"),

        new("actors-disseminate-timeout", Use: FlagUse.WithoutEffect),
        new("actors-service", Use: FlagUse.WithoutEffect),
        new("app-binding-options-timeout", Use: FlagUse.WithoutEffect),
        new("control-plane-address", Use: FlagUse.WithoutEffect),
        new("control-plane-namespace", Use: FlagUse.WithoutEffect),
        new("control-plane-trust-domain", Use: FlagUse.WithoutEffect),
        new("dapr-internal-grpc-listen-address", Use: FlagUse.WithoutEffect),
        new("disable-builtin-k8s-secret-store", FlagKind.Switch, FlagUse.WithoutEffect),
        new("enable-mtls", FlagKind.Switch, FlagUse.WithoutEffect),
        new("enable-profiling", FlagKind.Switch, FlagUse.WithoutEffect),
        new("hot-reload-reconcile-interval", Use: FlagUse.WithoutEffect),
        new("log-file", Use: FlagUse.WithoutEffect),
        new("mode", Use: FlagUse.WithoutEffect),
        new("placement-host-address", Use: FlagUse.WithoutEffect),
        new("profile-port", Use: FlagUse.WithoutEffect),
        new("reminders-service", Use: FlagUse.WithoutEffect),
        new("runtime-path", Use: FlagUse.WithoutEffect),
        new("scheduler-host-address", FlagKind.List, FlagUse.WithoutEffect),
        new("scheduler-job-streams", Use: FlagUse.WithoutEffect),
        new("sentry-address", Use: FlagUse.WithoutEffect),
        new("sentry-request-jwt-audiences", FlagKind.List, FlagUse.WithoutEffect),
        new("unix-domain-socket", Use: FlagUse.WithoutEffect),
        new("wait", FlagKind.Switch, FlagUse.WithoutEffect),
        new("kubernetes", FlagKind.Switch, FlagUse.WithoutEffect),
    }.ToDictionary(flag => flag.Name, StringComparer.Ordinal);

    /// <summary>The flags of <c>check</c>.</summary>
    public static readonly Dictionary<string, Flag> OfCheck = new Flag[]
    {
        new("app-id"),
        new("config", FlagKind.List),
        new("resources-path", FlagKind.List),
        new("components-path", FlagKind.List, FlagUse.Deprecated, "resources-path"),
        new("target"),
        new("output"),
        new("help", FlagKind.Switch),
    }.ToDictionary(flag => flag.Name, StringComparer.Ordinal);

    /// <summary>Short forms of <c>dapr run</c>.</summary>
    public static readonly Dictionary<string, string> ByShortName = new(StringComparer.Ordinal)
    {
        ["a"] = "app-id",
        ["p"] = "app-port",
        ["P"] = "app-protocol",
        ["c"] = "config",
        ["d"] = "resources-path",
        ["G"] = "dapr-grpc-port",
        ["H"] = "dapr-http-port",
        ["I"] = "dapr-internal-grpc-port",
        ["M"] = "metrics-port",
        ["u"] = "unix-domain-socket",
        ["k"] = "kubernetes",
        ["h"] = "help",
    };
}
