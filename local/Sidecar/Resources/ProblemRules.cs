namespace McpAspire.Sidecar.Resources;

/// <summary>Ids of the rules that a resource breaks when it cannot be used; <c>check</c> has a sentence for each.</summary>
internal static class ProblemRules
{
    public const string Invalid = "invalid-value";
    public const string YamlError = "yaml-error";
    public const string UnknownField = "unknown-field";
    public const string KindUnknown = "kind-unknown";
    public const string DuplicateName = "duplicate-name";
    public const string ResourcesMissing = "resources-missing";
    public const string ConfigurationMissing = "config-missing";
    public const string ConfigurationEmpty = "config-empty";
    public const string ConfigurationDocuments = "config-documents";
    public const string ConfigurationKind = "config-kind";
    public const string ConfigurationInResources = "config-in-resources";
    public const string HandlerUndefined = "handler-undefined";
    public const string HandlerMismatch = "handler-mismatch";
    public const string HandlerOutOfScope = "handler-out-of-scope";
    public const string HandlerUnused = "handler-unused";
    public const string TypeUnknown = "type-unknown";
    public const string ComponentVersion = "component-version";
    public const string ComponentInit = "component-init";
    public const string MetadataInvalid = "metadata-invalid";
    public const string NotEmbedded = "not-embedded";
    public const string SecretMissing = "secret-missing";
    public const string SecretStoreMissing = "secret-store-missing";
    public const string SecretStoreUnreadable = "secret-store-unreadable";
    public const string VariableMissing = "variable-missing";
    public const string EndpointUrl = "endpoint-url";
    public const string EndpointTls = "endpoint-tls";
    public const string McpServerEndpoint = "mcp-server-endpoint";
    public const string TracingProtocol = "tracing-protocol";
}
