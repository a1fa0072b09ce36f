using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Resources;

/// <summary>A <c>kind: Configuration</c> document, or the defaults when none is given.</summary>
internal sealed record ConfigurationResource
{
    private const string Reload = "HotReload";

    public string Name { get; init; } = "none";

    public IReadOnlyList<HandlerReference> HttpPipeline { get; init; } = [];

    public IReadOnlyList<HandlerReference> AppHttpPipeline { get; init; } = [];

    public TracingSettings Tracing { get; init; } = TracingSettings.None;

    public MetricsSettings Metrics { get; init; } = MetricsSettings.Default;

    public bool? HotReload { get; init; }

    /// <summary>Other features that are switched on: nothing here depends on them, but the metadata names them.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    public IReadOnlyDictionary<string, SecretScope> SecretScopes { get; init; } = new Dictionary<string, SecretScope>();

    public ApiAccess Api { get; init; } = ApiAccess.Everything;

    /// <summary>Null: every app may call everything.</summary>
    public AccessControl? AccessControl { get; init; }

    public ApiLogging ApiLogging { get; init; } = ApiLogging.Off;

    public WorkflowSettings Workflow { get; init; } = WorkflowSettings.Default;

    public static ConfigurationResource Read(YamlMap document)
    {
        document.Only("apiVersion", "kind", "metadata", "spec");
        var spec = document.Map("spec")
            ?? throw new ResourceException(document.Position, "'spec' is missing: a Configuration without it protects nothing.") { Rule = ProblemRules.ConfigurationEmpty };
        spec.Only("accessControl", "api", "appHttpPipeline", "components", "features", "httpPipeline", "logging", "metric", "metrics", "mtls", "nameResolution", "secrets", "tracing", "wasm", "workflow");
        if (spec.Map("nameResolution") is { } resolution)
        {
            NameResolution.Check(resolution);
        }

        var features = ReadFeatures(spec);
        var metrics = spec.Map("metrics") ?? spec.Map("metric");
        return new ConfigurationResource
        {
            Name = ResourceMetadata.NameOf(document),
            HttpPipeline = HandlerReference.ReadPipeline(spec, "httpPipeline"),
            AppHttpPipeline = HandlerReference.ReadPipeline(spec, "appHttpPipeline"),
            Tracing = spec.Map("tracing") is { } tracing ? TracingSettings.Read(tracing) : TracingSettings.None,
            Metrics = metrics is null ? MetricsSettings.Default : MetricsSettings.Read(metrics),
            HotReload = features.TryGetValue(Reload, out var isOn) ? isOn : null,
            Features = [.. features.Where(feature => feature.Value && feature.Key != Reload).Select(feature => feature.Key)],
            SecretScopes = SecretScope.ReadAll(spec),
            AccessControl = spec.Map("accessControl") is { } control ? AccessControl.Read(control) : null,
            Api = spec.Map("api") is { } api ? ApiAccess.Read(api) : ApiAccess.Everything,
            ApiLogging = spec.Map("logging")?.Only("apiLogging").Map("apiLogging") is { } logging ? ApiLogging.Read(logging) : ApiLogging.Off,
            Workflow = spec.Map("workflow") is { } workflow ? WorkflowSettings.Read(workflow) : WorkflowSettings.Default,
        };
    }

    /// <summary>With <c>--config</c> given more than once the later file's sections win.</summary>
    public ConfigurationResource OverriddenBy(ConfigurationResource later) => new()
    {
        Name = later.Name,
        HttpPipeline = later.HttpPipeline.Count > 0 ? later.HttpPipeline : HttpPipeline,
        AppHttpPipeline = later.AppHttpPipeline.Count > 0 ? later.AppHttpPipeline : AppHttpPipeline,
        Tracing = later.Tracing.IsConfigured ? later.Tracing : Tracing,
        Metrics = later.Metrics.IsConfigured ? later.Metrics : Metrics,
        HotReload = later.HotReload ?? HotReload,
        Features = later.Features.Count > 0 ? later.Features : Features,
        SecretScopes = later.SecretScopes.Count > 0 ? later.SecretScopes : SecretScopes,
        AccessControl = later.AccessControl ?? AccessControl,
        Api = later.Api.IsRestricted ? later.Api : Api,
        ApiLogging = later.ApiLogging != ApiLogging.Off ? later.ApiLogging : ApiLogging,
        Workflow = later.Workflow != WorkflowSettings.Default ? later.Workflow : Workflow,
    };

    private static Dictionary<string, bool> ReadFeatures(YamlMap spec)
    {
        var features = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var feature in spec.Maps("features"))
        {
            feature.Only("name", "enabled");
            var name = feature.Required("name");
            if (name != Reload && NearestName.Of(name, [Reload]) is not null)
            {
                throw new ResourceException(feature.PositionOf("name"), $"'name' of a feature is '{name}' (did you mean '{Reload}'?); the feature would have no effect.");
            }

            features[name] = feature.Switch("enabled", otherwise: false);
        }

        return features;
    }
}
