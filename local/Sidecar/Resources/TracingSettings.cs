using System.Globalization;

namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.tracing</c>. Without it Dapr samples one call in ten thousand.</summary>
internal sealed record TracingSettings(bool IsConfigured, double? SamplingRate, OtlpSettings? Otlp)
{
    public static readonly TracingSettings None = new(IsConfigured: false, SamplingRate: null, Otlp: null);

    /// <summary>Where spans would go in daprd and do not go here.</summary>
    public IReadOnlyList<(Position Position, string Message)> NotExported { get; init; } = [];

    public static TracingSettings Read(YamlMap tracing)
    {
        tracing.Only("samplingRate", "otel", "stdout", "zipkin", "expandParams", "includeBody");
        double? rate = null;
        if (tracing.Text("samplingRate") is { Length: > 0 } text)
        {
            rate = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1
                ? number
                : throw new ResourceException(tracing.PositionOf("samplingRate"), $"'spec.tracing.samplingRate' is '{text}'; allowed is a number from 0 to 1.");
        }

        return new TracingSettings(IsConfigured: true, rate, tracing.Map("otel") is { } otel ? OtlpSettings.Read(otel) : null) { NotExported = [.. ReadNotExported(tracing)] };
    }

    private static IEnumerable<(Position Position, string Message)> ReadNotExported(YamlMap tracing)
    {
        if (tracing.Map("zipkin")?.Only("endpointAddress") is { } zipkin && zipkin.Text("endpointAddress") is { Length: > 0 })
        {
            yield return (zipkin.PositionOf("endpointAddress"), NoEffect("zipkin.endpointAddress"));
        }

        if (tracing.Switch("stdout", otherwise: false))
        {
            yield return (tracing.PositionOf("stdout"), NoEffect("stdout"));
        }
    }

    private static string NoEffect(string field) => $"'spec.tracing.{field}' has no effect in the embedded sidecar; use 'spec.tracing.otel', which spans go to.";
}
