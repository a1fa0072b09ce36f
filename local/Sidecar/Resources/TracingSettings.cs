using System.Globalization;

namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.tracing</c>. Without it Dapr samples one call in ten thousand.</summary>
internal sealed record TracingSettings(bool IsConfigured, double? SamplingRate, OtlpSettings? Otlp)
{
    public static readonly TracingSettings None = new(IsConfigured: false, SamplingRate: null, Otlp: null);

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

        return new TracingSettings(IsConfigured: true, rate, tracing.Map("otel") is { } otel ? OtlpSettings.Read(otel) : null);
    }
}
