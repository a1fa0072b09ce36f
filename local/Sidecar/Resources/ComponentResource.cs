namespace McpAspire.Sidecar.Resources;

/// <summary>A <c>kind: Component</c> document.</summary>
internal sealed record ComponentResource(
    string Name,
    string Type,
    string Version,
    string? SecretStore,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<MetadataValue> Metadata,
    bool IgnoresErrors,
    Position Position)
{
    private static readonly TimeSpan _defaultInitTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _maxInitTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Empty: any.</summary>
    public string Namespace { get; init; } = string.Empty;

    /// <summary>How long it may take to be initialized, where that takes more than a moment.</summary>
    public TimeSpan InitTimeout { get; init; } = _defaultInitTimeout;

    /// <summary>As Dapr names it in its log.</summary>
    public string LogName => $"{Name} ({Type}/{Version})";

    public static ComponentResource Read(YamlMap document)
    {
        document.Only("apiVersion", "kind", "metadata", "auth", "scopes", "spec");
        var spec = document.Map("spec")?.Only("type", "version", "metadata", "ignoreErrors", "initTimeout")
            ?? throw new ResourceException(document.Position, "'spec' is missing.");
        return new ComponentResource(
            ResourceMetadata.NameOf(document),
            spec.Required("type"),
            spec.Text("version") is { Length: > 0 } version ? version : "v1",
            document.Map("auth")?.Only("secretStore").Text("secretStore"),
            document.Texts("scopes"),
            [.. spec.Maps("metadata").Select(MetadataValue.Read)],
            spec.Switch("ignoreErrors", otherwise: false),
            document.Position)
        {
            Namespace = ResourceMetadata.NamespaceOf(document),
            InitTimeout = GoDuration.TryParse(spec.Text("initTimeout") ?? string.Empty, out var timeout) && timeout > TimeSpan.Zero ? (timeout < _maxInitTimeout ? timeout : _maxInitTimeout) : _defaultInitTimeout,
        };
    }

    public bool IsInScopeOf(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);
}

internal static class ResourceMetadata
{
    public static string NameOf(YamlMap document)
        => (document.Map("metadata") ?? throw new ResourceException(document.Position, "'metadata' is missing.")).Required("name");

    /// <summary>Empty: any.</summary>
    public static string NamespaceOf(YamlMap document) => document.Map("metadata")?.Text("namespace") ?? string.Empty;
}
