namespace McpAspire.Sidecar.Tests.Preflight;

/// <summary>What <c>check</c> must say of each configuration that daprd was tried with: rule, file and line.</summary>
internal static class FailOpenFindings
{
    private const string Config = "config.yaml";
    private const string Resources = "resources/resources.yaml";

    public static readonly (string Name, string Rule, string File, int Line)[] Found =
    [
        ("app-pipeline-handler-missing", "handler-undefined", Config, 8),
        ("bad-aliases", "metadata-invalid", Resources, 9),
        ("bad-rate", "metadata-invalid", Resources, 9),
        ("bad-regex", "metadata-invalid", Resources, 23),
        ("bad-regex-cc", "metadata-invalid", Resources, 19),
        ("bad-rule", "metadata-invalid", Resources, 9),
        ("cc-bad-style", "metadata-invalid", Resources, 19),
        ("cc-missing-keys", "metadata-invalid", Resources, 1),
        ("component-version-v2", "component-version", Resources, 1),
        ("config-empty", "config-documents", Config, 1),
        ("config-in-resources", "config-in-resources", "resources/config.yaml", 1),
        ("config-missing", "config-missing", "not-there.yaml", 0),
        ("config-two-documents", "config-documents", Config, 1),
        ("config-unknown-field", "unknown-field", Config, 6),
        ("config-wrong-kind", "config-kind", Config, 2),
        ("config-yaml-error", "yaml-error", Config, 10),
        ("duplicate-name", "duplicate-name", Resources, 24),
        ("duplicate-name-types", "duplicate-name", Resources, 24),
        ("endpoint-bad-tls", "endpoint-tls", Resources, 9),
        ("endpoint-bad-url", "endpoint-url", Resources, 6),
        ("endpoint-duplicate", "duplicate-name", Resources, 8),
        ("endpoint-empty-url", "invalid-value", Resources, 6),
        ("endpoint-missing-secret", "secret-missing", Resources, 19),
        ("endpoint-missing-store", "secret-store-missing", Resources, 10),
        ("endpoint-no-scheme", "endpoint-url", Resources, 6),
        ("endpoint-same-name-as-app", "endpoint-shadows-app", Resources, 1),
        ("env-ref-dapr", "variable-missing", Resources, 11),
        ("handler-missing", "handler-undefined", Config, 8),
        ("ignore-errors", "ignore-errors", Resources, 1),
        ("kind-lower", "kind-unknown", Resources, 2),
        ("lookahead-regex", "metadata-invalid", Resources, 23),
        ("missing-env-ref", "variable-missing", Resources, 11),
        ("missing-secret", "secret-missing", Resources, 22),
        ("missing-secret-cc", "secret-missing", Resources, 22),
        ("missing-store", "secret-store-missing", Resources, 13),
        ("no-components", "handler-undefined", Config, 8),
        ("no-store-named", "secret-store-missing", Resources, 11),
        ("out-of-scope", "handler-out-of-scope", Config, 8),
        ("resiliency-bad", "invalid-value", "resources/r.yaml", 8),
        ("resources-missing", "resources-missing", "not-there", 0),
        ("secret-file-missing", "secret-store-unreadable", Resources, 1),
        ("subfolder", "file-not-loaded", "resources/sub/a.yaml", 1),
        ("subfolder", "handler-undefined", Config, 8),
        ("txt-extension", "file-not-loaded", "resources/a.txt", 1),
        ("txt-extension", "handler-undefined", Config, 8),
        ("type-case", "handler-mismatch", Config, 8),
        ("typo-name", "handler-undefined", Config, 8),
        ("typo-type", "handler-mismatch", Config, 8),
        ("unknown-category", "type-unknown", Resources, 24),
        ("unknown-field", "unknown-field", Resources, 8),
        ("unknown-key", "unknown-key", Resources, 23),
        ("unknown-type", "type-unknown", Resources, 1),
        ("unknown-type-unlisted", "type-unknown", Resources, 24),
        ("wrong-kind", "kind-unknown", Resources, 2),
        ("wrong-version", "handler-mismatch", Config, 8),
        ("yaml-error", "yaml-error", Resources, 23),
        ("yaml-error-other-file", "invalid-value", "resources/b.yaml", 1),
        ("yaml-tab", "yaml-error", Resources, 6),
        ("zero-rate", "metadata-invalid", Resources, 9),
    ];

    /// <summary>daprd protects with these, or ends because a provider does not answer, which no file shows.</summary>
    public static readonly string[] NothingToFind =
    [
        "component-version-missing", "failing-init", "good", "hanging-init", "hanging-init-timeout", "in-scope", "other-namespace", "secret-file", "store-after-component", "version-named",
    ];
}
