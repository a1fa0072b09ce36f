using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Preflight;

/// <summary>Every rule of <c>check</c>. The table in docs/sidecar-check.md is made of this list.</summary>
internal static class Rules
{
    public static readonly Rule NoEffect = Warning("no-effect", null, "Something is read and then not used.", "Take it away, or use what has an effect.");
    public static readonly Rule UnknownKey = Warning("unknown-key", null, "A metadata key means nothing to its component.", "Correct the name; it is ignored as it is.");
    public static readonly Rule PlainTextSecret = Warning("plain-text-secret", null, "A secret stands in the file.", "Use secretKeyRef with a secret store, or envRef.");
    public static readonly Rule FileNotLoaded = Warning("file-not-loaded", null, "A file of resources lies where nobody reads it: in a subfolder, or with another ending than .yaml and .yml.", "Move it into the folder of --resources-path, ending in .yaml, or take it away.");
    public static readonly Rule EndpointShadowsApp = Warning("endpoint-shadows-app", null, "An HTTPEndpoint has the name of the app: calls to the app go to the endpoint, and the pipeline of the app is not in front of it.", "Give the HTTPEndpoint another name.");
    public static readonly Rule PathFilterForms = Warning("path-filter-forms", null, "The pathFilter of a login in httpPipeline covers one path of a call and not another: /x with dapr-app-id, /v1.0/invoke/app/method/x, and the latter with app.namespace.", "^(/v1\\.0/invoke/[^/]+/method)?/x, or a bearer behind it: in appHttpPipeline, or in the sidecar that the calls go to.");
    public static readonly Rule McpServerWithoutState = Warning("mcp-server-without-state", null, "There is an MCPServer and no state store for its workflows: none of its tools can be called.", "A state store component with actorStateStore: \"true\".");
    public static readonly Rule TokenWithoutTls = Warning("token-without-tls", null, "A token or a client's secret of an MCPServer goes to another machine without TLS (RFC 6750 section 5.3).", "Write https URLs.");

    public static readonly Rule BlockNotServed = Warning("block-not-served", PreflightTarget.Embedded, "A component of a type that daprd has and the embedded sidecar has not, such as state.redis; it goes on without it.", "Use daprd where the app needs it.");

    public static readonly Rule TracingNotExported = Warning("tracing-not-exported", PreflightTarget.Embedded, "Spans are to go to Zipkin or to the log, as in daprd; the embedded sidecar sends them over OTLP only.", "spec.tracing.otel with endpointAddress and protocol.");

    public static readonly Rule SecretsApiOpen = Error("secrets-api-open", PreflightTarget.Daprd, "daprd answers every secret of a store on its API; rules of spec.api close only the protocol that they name.", "spec.secrets.scopes with defaultAccess deny, and rules of spec.api for http and for grpc.");
    public static readonly Rule HotReloadOn = Error("hot-reload-on", PreflightTarget.Daprd, "daprd reloads by default, and a file saved with an error takes its handler out of the running pipeline: calls pass without it.", "spec.features: [{ name: HotReload, enabled: false }]");
    public static readonly Rule IgnoreErrors = Error("ignore-errors", PreflightTarget.Daprd, "With ignoreErrors daprd runs without the handler when it cannot be made.", "Take spec.ignoreErrors away.");
    public static readonly Rule ResiliencySecondDocument = Error("resiliency-second-document", PreflightTarget.Daprd, "daprd reads a Resiliency only as the first document of its file.", "Give it a file of its own.");
    public static readonly Rule LoginInAppPipeline = Warning("login-in-app-pipeline", PreflightTarget.Daprd, "With oauth2 in appHttpPipeline daprd sends the browser to the app's own port after a login, past the sidecar.", "Put it into httpPipeline, and a bearer into appHttpPipeline; or let the app want a token too.");
    public static readonly Rule PathFilterSlips = Warning("path-filter-slips", PreflightTarget.Daprd, "daprd matches pathFilter against the path as written: //x and /y/../x are not matched and still reach the app.", "Validate every call behind it: a bearer in appHttpPipeline, or in the sidecar that the calls go to.");
    public static readonly Rule EndpointWithoutAccept = Warning("endpoint-without-accept", PreflightTarget.Daprd, "A caller that accepts only text/event-stream takes a path of daprd on which answers can reach another caller.", "spec.headers: [{ name: Accept, value: \"application/json, text/event-stream\" }]");
    public static readonly Rule SharedAppPipeline = Warning("shared-app-pipeline", PreflightTarget.Daprd, "appHttpPipeline runs on calls to an HTTPEndpoint as well, not only on those to the app.", "Give the sidecar of the app and the one that calls out a Configuration each.");

    public static readonly IReadOnlyList<Rule> All =
    [
        Error(ProblemRules.YamlError, null, "A file cannot be read as YAML; daprd runs without what is in it.", "Mend the YAML at this line."),
        Error(ProblemRules.KindUnknown, null, "A document's kind is mistyped or in another case; daprd skips it.", "Correct the kind."),
        Error(ProblemRules.UnknownField, null, "A field does not exist there; daprd ignores it, and httpPipelin protects nothing.", "Correct the name, or take the field away."),
        Error(ProblemRules.Invalid, null, "A value is missing or has another shape than allowed.", "Write what the message allows."),
        Error(ProblemRules.DuplicateName, null, "Two resources of a kind have one name: daprd ends, or loses all HTTPEndpoints.", "Rename one of them."),
        Error(ProblemRules.ResourcesMissing, null, "The folder of --resources-path does not exist.", "Correct the path."),
        Error(ProblemRules.ConfigurationMissing, null, "The file of --config does not exist.", "Correct the path."),
        Error(ProblemRules.ConfigurationEmpty, null, "The Configuration has no spec and protects nothing.", "Write spec with its pipelines."),
        Error(ProblemRules.ConfigurationDocuments, null, "A file of --config holds another number of documents than one; daprd reads only the first.", "One Configuration in one file."),
        Error(ProblemRules.ConfigurationKind, null, "The file of --config holds another kind.", "kind: Configuration."),
        Error(ProblemRules.ConfigurationInResources, null, "A Configuration lies among the resources, where it has no effect.", "Give its file to --config."),
        Error(ProblemRules.HandlerUndefined, null, "A pipeline names a handler that no component defines; daprd runs without it.", "Correct the name, or add the component."),
        Error(ProblemRules.HandlerMismatch, null, "A pipeline names a handler with another type or version than its component; daprd runs without it.", "Use the component's type and version."),
        Error(ProblemRules.HandlerOutOfScope, null, "The component of a handler is not for this app; daprd runs without it.", "Add the app id to the component's scopes."),
        Error(ProblemRules.HandlerUnused, null, "A middleware component is in no pipeline and protects nothing.", "Name it in httpPipeline or appHttpPipeline of a file of --config, or take it away."),
        Error(ProblemRules.TypeUnknown, null, "A component's type does not exist.", "Correct the type."),
        Error(ProblemRules.ComponentVersion, null, "A component's version does not exist.", "version: v1."),
        Error(ProblemRules.ComponentInit, null, "The process of a component does not initialize it.", "Look at its log; initTimeout says how long it may take."),
        Error(ProblemRules.MetadataInvalid, null, "A component lacks a value that it needs, such as authHeaderName, or has one that it cannot use.", "Write what the message allows."),
        Error(ProblemRules.SecretMissing, null, "A secret is not in its store, or empty; daprd goes on with an empty one.", "Give the store this secret."),
        Error(ProblemRules.SecretStoreMissing, null, "A secret is taken from no store, or from one that is not loaded; daprd runs without the component, or with an empty secret.", "Name a store in auth.secretStore, and add its component."),
        Error(ProblemRules.SecretStoreUnreadable, null, "The file of a secret store cannot be read.", "Correct secretsFile, or the file."),
        Error(ProblemRules.VariableMissing, null, "An environment variable is not set, or not for resources (DAPR_*, APP_API_TOKEN); daprd goes on with an empty value.", "Set the variable for the sidecar."),
        Error(ProblemRules.EndpointUrl, null, "The baseUrl of an HTTPEndpoint is no http or https URL; daprd answers 500 to every call.", "Write an absolute URL."),
        Error(ProblemRules.EndpointTls, null, "The certificates of an HTTPEndpoint cannot be used; daprd answers 500 to every call.", "Give PEM certificates, and to one of the sidecar the private key that fits it."),
        Error(ProblemRules.McpServerEndpoint, null, "An MCPServer has no transport or more than one, or a URL or command that is not allowed; daprd ends, or runs without it.", "Write exactly one of streamableHTTP, sse and stdio."),
        Error(ProblemRules.TracingProtocol, null, "Tracing names an address without a protocol: Dapr exports nothing.", "protocol: grpc or http."),
        Error(ProblemRules.NotEmbedded, PreflightTarget.Embedded, "daprd has this, the embedded sidecar has not.", "Use daprd, or take it away."),
        SecretsApiOpen,
        HotReloadOn,
        IgnoreErrors,
        ResiliencySecondDocument,
        LoginInAppPipeline,
        PathFilterSlips,
        PathFilterForms,
        EndpointWithoutAccept,
        SharedAppPipeline,
        EndpointShadowsApp,
        McpServerWithoutState,
        TokenWithoutTls,
        BlockNotServed,
        TracingNotExported,
        FileNotLoaded,
        NoEffect,
        UnknownKey,
        PlainTextSecret,
    ];

    private static readonly Dictionary<string, Rule> _byId = All.ToDictionary(rule => rule.Id, StringComparer.Ordinal);

    public static Rule Named(string id) => _byId[id];

    private static Rule Error(string id, PreflightTarget? target, string meaning, string mend) => new(id, target, Severity.Error, meaning, mend);

    private static Rule Warning(string id, PreflightTarget? target, string meaning, string mend) => new(id, target, Severity.Warning, meaning, mend);
}
