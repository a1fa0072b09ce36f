using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Engine;

/// <summary>Where the processes send their telemetry: the dashboard, or an endpoint from the configuration.</summary>
internal sealed class OtlpTarget(IConfiguration configuration, DistributedApplicationOptions options)
{
    private const string EndpointKey = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";
    private const string HttpEndpointKey = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    private const string ApiKeyKey = "AppHost:OtlpApiKey";

    private IReadOnlyDictionary<string, string>? _dashboard;

    /// <summary>
    /// The variables of the exporter, or nothing when there is nobody to send to: the configured address is the
    /// dashboard's own, unless this application has none and somebody else listens there.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Environment => _dashboard ?? (options.DisableDashboard ? Configured() : null);

    public void Use(IReadOnlyDictionary<string, string> dashboard) => _dashboard = dashboard;

    private Dictionary<string, string>? Configured()
    {
        var (endpoint, protocol) = (configuration[EndpointKey], configuration[HttpEndpointKey]) switch
        {
            ({ Length: > 0 } grpc, _) => (grpc, "grpc"),
            (_, { Length: > 0 } http) => (http, "http/protobuf"),
            _ => (null, null),
        };
        if (endpoint is null || !Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Port == 0)
        {
            return null;
        }

        var variables = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol!,
        };
        if (configuration[ApiKeyKey] is { Length: > 0 } key)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
        }

        return variables;
    }
}
