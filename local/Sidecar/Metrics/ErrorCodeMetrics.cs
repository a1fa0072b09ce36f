namespace McpAspire.Sidecar.Metrics;

/// <summary><c>dapr_error_code_total</c>, where <c>spec.metrics.recordErrorCodes</c> asks for it: the errors that the API answered.</summary>
internal sealed class ErrorCodeMetrics
{
    private readonly string _app;
    private readonly CounterFamily? _total;

    public ErrorCodeMetrics(string app, bool isEnabled, LabelRules rules, ICollection<MetricFamily> families)
    {
        _app = app;
        if (isEnabled)
        {
            _total = new CounterFamily("dapr_error_code_total", "Total number of times an error with a specific error code was encountered.", ["app_id", "category", "error_code"], rules);
            families.Add(_total);
        }
    }

    public void Answered(string code, string? category = null) => _total?.With(_app, category ?? Category(code), code).Add();

    private static string Category(string code) => code switch
    {
        "ERR_DIRECT_INVOKE" => "service-invocation",
        "ERR_PERMISSION_DENIED" => "secret",
        "ERR_NOT_SUPPORTED_STATE_OPERATION" => "state",
        _ when code.StartsWith("ERR_STATE", StringComparison.Ordinal) => "state",
        "ERR_TOPIC_NAME_EMPTY" => "pubsub",
        _ when code.StartsWith("ERR_PUBSUB", StringComparison.Ordinal) => "pubsub",
        "ERR_INVOKE_OUTPUT_BINDING" => "binding",
        _ when code.StartsWith("ERR_CRYPTO", StringComparison.Ordinal) => "crypto",
        _ when code.StartsWith("ERR_SECRET", StringComparison.Ordinal) => "secret",
        _ when code.Contains("WORKFLOW", StringComparison.Ordinal) || code.StartsWith("ERR_INSTANCE_ID", StringComparison.Ordinal) => "workflow",
        _ when code.StartsWith("ERR_ACTOR", StringComparison.Ordinal) => "actor",
        _ when code.Contains("HEALTH", StringComparison.Ordinal) => "health",
        _ => "common",
    };
}
