using System.Globalization;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Hosting;

/// <summary>What a Configuration decides at the start alone: a reload of it changes nothing before the next one.</summary>
internal static class StartSettings
{
    /// <summary>The fields that differ.</summary>
    public static IReadOnlyList<string> Changed(ConfigurationResource started, ConfigurationResource reloaded)
        => [.. Of(started).Zip(Of(reloaded)).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => pair.First.Field)];

    private static IEnumerable<(string Field, string? Value)> Of(ConfigurationResource configuration)
    {
        var (tracing, metrics) = (configuration.Tracing, configuration.Metrics);
        yield return ("spec.tracing.samplingRate", tracing.SamplingRate?.ToString(CultureInfo.InvariantCulture));
        yield return ("spec.tracing.otel.endpointAddress", tracing.Otlp?.Endpoint?.OriginalString);
        yield return ("spec.tracing.otel.protocol", $"{tracing.Otlp?.Grpc}");
        yield return ("spec.tracing.otel.headers", string.Join('\n', tracing.Otlp?.Headers ?? []));
        yield return ("spec.tracing.otel.timeout", $"{tracing.Otlp?.Timeout}");
        yield return ("spec.metrics.enabled", $"{metrics.IsEnabled}");
        yield return ("spec.metrics.recordErrorCodes", $"{metrics.RecordsErrorCodes}");
        yield return ("spec.metrics.http.increasedCardinality", $"{metrics.IncreasedCardinality}");
        yield return ("spec.metrics.http.excludeVerbs", $"{metrics.ExcludeVerbs}");
        yield return ("spec.metrics.http.pathMatching", string.Join('\n', metrics.PathMatching));
        yield return ("spec.metrics.latencyDistributionBuckets", string.Join(' ', metrics.LatencyBounds));
        yield return ("spec.metrics.rules", string.Join('\n', metrics.Rules));
        yield return ("spec.accessControl.trustDomain", configuration.AccessControl?.TrustDomain ?? AccessControl.DefaultTrustDomain);
    }
}
