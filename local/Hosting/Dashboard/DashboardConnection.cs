using System.Text;

namespace Aspire.Hosting.Dashboard;

/// <summary>How to reach the running dashboard. Addresses and keys stay the same when the dashboard is restarted.</summary>
/// <param name="FrontendUrl">Address of the pages, without a token.</param>
/// <param name="LoginUrl">Address that signs a browser in: it holds the token, so it is printed for the person at the terminal and never logged.</param>
/// <param name="OtlpGrpcUrl">OTLP over gRPC.</param>
/// <param name="OtlpHttpUrl">OTLP over http/protobuf.</param>
/// <param name="OtlpApiKey">Key that applications send as <c>x-otlp-api-key</c>.</param>
/// <param name="TelemetryApiKey">Key for <c>{FrontendUrl}/api/telemetry/…</c>, sent as <c>x-api-key</c>.</param>
internal sealed record DashboardConnection(
    Uri FrontendUrl,
    Uri LoginUrl,
    Uri OtlpGrpcUrl,
    Uri OtlpHttpUrl,
    string OtlpApiKey,
    string TelemetryApiKey)
{
    /// <summary>What a process started by the engine gets so that its telemetry arrives here.</summary>
    public IReadOnlyDictionary<string, string> OtlpEnvironment { get; } = new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = OtlpGrpcUrl.AbsoluteUri,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={OtlpApiKey}",
    };

    // The compiler's version would print the keys.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("FrontendUrl = ").Append(FrontendUrl);
        return true;
    }
}
