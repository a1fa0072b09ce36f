namespace McpAspire.Sidecar.CommandLine;

/// <summary>Every flag of <c>dapr run</c> (1.18) but that of a run file, and of daprd, and the short forms of the former.</summary>
internal static class Flags
{
    public static readonly Dictionary<string, Flag> ByName = new Flag[]
    {
        new("app-id"),
        new("app-port"),
        new("app-protocol", Default: "http"),
        new("app-channel-address", Default: "127.0.0.1"),
        new("app-health-check-path", Default: "/healthz"),
        new("app-health-probe-interval", Default: "5"),
        new("app-health-probe-timeout", Default: "500"),
        new("app-health-threshold", Default: "3"),
        new("app-max-concurrency", Default: "-1"),
        new("app-binding-options-timeout", Default: "3s"),
        new("allowed-origins"),
        new("config", FlagKind.List),
        new("resources-path", FlagKind.List),
        new("dapr-http-port", Default: "3500"),
        new("dapr-grpc-port", Default: "50001"),
        new("dapr-internal-grpc-port"),
        new("dapr-listen-addresses"),
        new("dapr-public-port"),
        new("dapr-public-listen-address"),
        new("dapr-graceful-shutdown-seconds", Default: "5"),
        new("dapr-block-shutdown-duration"),
        new("metrics-port", Default: "9090"),
        new("metrics-listen-address", Default: "127.0.0.1"),
        new("enable-metrics", FlagKind.Switch, Default: "true"),
        new("enable-api-logging", FlagKind.Switch),
        new("enable-app-health-check", FlagKind.Switch),
        new("log-level", Default: "info"),
        new("log-as-json", FlagKind.Switch, Default: "false"),
        new("max-body-size", Default: "4Mi"),
        new("read-buffer-size", Default: "4Ki"),
        new("disable-init-endpoints", FlagKind.List),
        new("version", FlagKind.Switch),
        new("build-info", FlagKind.Switch),
        new("help", FlagKind.Switch),

        new("components-path", FlagKind.List, FlagUse.Deprecated, "resources-path"),
        new("dapr-http-max-request-size", FlagKind.Text, FlagUse.Deprecated, "max-body-size 4Mi"),
        new("dapr-http-read-buffer-size", FlagKind.Text, FlagUse.Deprecated, "read-buffer-size 4Ki"),
        new("app-ssl", FlagKind.Switch, FlagUse.Deprecated, "app-protocol https"),

        new("actors-disseminate-timeout", Use: FlagUse.WithoutEffect, Default: "30s"),
        new("actors-service", Use: FlagUse.WithoutEffect),
        new("control-plane-address", Use: FlagUse.WithoutEffect),
        new("control-plane-namespace", Use: FlagUse.WithoutEffect, Default: "default"),
        new("control-plane-trust-domain", Use: FlagUse.WithoutEffect, Default: "localhost"),
        new("dapr-internal-grpc-listen-address", Use: FlagUse.WithoutEffect),
        new("disable-builtin-k8s-secret-store", FlagKind.Switch, FlagUse.WithoutEffect),
        new("enable-mtls", FlagKind.Switch, FlagUse.WithoutEffect),
        new("enable-profiling", FlagKind.Switch, FlagUse.WithoutEffect),
        new("hot-reload-reconcile-interval", Use: FlagUse.WithoutEffect),
        new("log-file", Use: FlagUse.WithoutEffect),
        new("mode", Use: FlagUse.WithoutEffect, Default: "standalone"),
        new("placement-host-address", Use: FlagUse.WithoutEffect),
        new("profile-port", Use: FlagUse.WithoutEffect, Default: "7777"),
        new("reminders-service", Use: FlagUse.WithoutEffect),
        new("runtime-path", Use: FlagUse.WithoutEffect),
        new("scheduler-host-address", FlagKind.List, FlagUse.WithoutEffect),
        new("scheduler-job-streams", Use: FlagUse.WithoutEffect, Default: "3"),
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

    /// <summary>Defaults that <c>dapr run</c> has by itself: -1 is any free port.</summary>
    public static readonly Dictionary<string, string> DefaultsOfRun = new(StringComparer.Ordinal)
    {
        ["app-port"] = "-1",
        ["dapr-grpc-port"] = "-1",
        ["dapr-http-port"] = "-1",
        ["dapr-internal-grpc-port"] = "-1",
        ["metrics-port"] = "-1",
        ["profile-port"] = "-1",
    };
}
