namespace McpAspire.Sidecar.Resources;

/// <summary>A <c>kind: Configuration</c> document, or the defaults when none is given.</summary>
internal sealed record ConfigurationResource
{
    public string Name { get; init; } = "none";

    public IReadOnlyList<HandlerReference> HttpPipeline { get; init; } = [];

    public IReadOnlyList<HandlerReference> AppHttpPipeline { get; init; } = [];

    public TracingSettings Tracing { get; init; } = TracingSettings.None;

    public bool MetricsEnabled { get; init; } = true;

    public bool? HotReload { get; init; }

    public IReadOnlyDictionary<string, SecretScope> SecretScopes { get; init; } = new Dictionary<string, SecretScope>();

    public ApiAccess Api { get; init; } = ApiAccess.Everything;

    public bool? ApiLogging { get; init; }

    public static ConfigurationResource Read(YamlMap document)
    {
        document.Only("apiVersion", "kind", "metadata", "spec");
        var spec = document.Map("spec")
            ?? throw new ResourceException(document.Position, "'spec' is missing: a Configuration without it protects nothing.");
        spec.Only("accessControl", "api", "appHttpPipeline", "components", "features", "httpPipeline", "logging", "metric", "metrics", "mtls", "nameResolution", "secrets", "tracing", "wasm", "workflow");
        if (spec.Map("accessControl") is { } control)
        {
            // Accepted and not enforced it would be a promise that nobody keeps.
            throw new ResourceException(control.Position, "'spec.accessControl' names callers by their mTLS identity, which this sidecar does not have; use a bearer in appHttpPipeline.");
        }

        var metrics = spec.Map("metrics") ?? spec.Map("metric");
        return new ConfigurationResource
        {
            Name = ResourceMetadata.NameOf(document),
            HttpPipeline = HandlerReference.ReadPipeline(spec, "httpPipeline"),
            AppHttpPipeline = HandlerReference.ReadPipeline(spec, "appHttpPipeline"),
            Tracing = spec.Map("tracing") is { } tracing ? TracingSettings.Read(tracing) : TracingSettings.None,
            MetricsEnabled = metrics?.Switch("enabled", otherwise: true) ?? true,
            HotReload = Features(spec),
            SecretScopes = SecretScope.ReadAll(spec),
            Api = spec.Map("api") is { } api ? ApiAccess.Read(api) : ApiAccess.Everything,
            ApiLogging = spec.Map("logging")?.Map("apiLogging") is { } logging ? logging.Switch("enabled", otherwise: false) : null,
        };
    }

    /// <summary>With <c>--config</c> given more than once the later file's sections win.</summary>
    public ConfigurationResource OverriddenBy(ConfigurationResource later) => new()
    {
        Name = later.Name,
        HttpPipeline = later.HttpPipeline.Count > 0 ? later.HttpPipeline : HttpPipeline,
        AppHttpPipeline = later.AppHttpPipeline.Count > 0 ? later.AppHttpPipeline : AppHttpPipeline,
        Tracing = later.Tracing.IsConfigured ? later.Tracing : Tracing,
        MetricsEnabled = MetricsEnabled && later.MetricsEnabled,
        HotReload = later.HotReload ?? HotReload,
        SecretScopes = later.SecretScopes.Count > 0 ? later.SecretScopes : SecretScopes,
        Api = later.Api.IsRestricted ? later.Api : Api,
        ApiLogging = later.ApiLogging ?? ApiLogging,
    };

    private static bool? Features(YamlMap spec)
    {
        bool? hotReload = null;
        foreach (var feature in spec.Maps("features"))
        {
            feature.Only("name", "enabled");
            if (feature.Required("name") == "HotReload")
            {
                hotReload = feature.Switch("enabled", otherwise: false);
            }
        }

        return hotReload;
    }
}
