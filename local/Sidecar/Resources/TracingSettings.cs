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

/// <summary><c>spec.tracing.otel</c>. <c>isSecure</c> is true unless said otherwise, as in Dapr.</summary>
internal sealed record OtlpSettings(Uri? Endpoint, bool Grpc, string? Headers)
{
    public static OtlpSettings Read(YamlMap otel)
    {
        otel.Only("protocol", "endpointAddress", "isSecure", "headers", "timeout");
        var secure = otel.Switch("isSecure", otherwise: true);
        var address = otel.Text("endpointAddress");
        if (address is not { Length: > 0 })
        {
            return new OtlpSettings(Endpoint: null, Grpc: false, Headers: null);
        }

        var protocol = otel.Text("protocol") switch
        {
            "grpc" => true,
            "http" => false,
            var other => throw new ResourceException(otel.PositionOf("protocol"), $"'spec.tracing.otel.protocol' is '{other}'; allowed are grpc and http, and Dapr exports nothing without it.") { Rule = ProblemRules.TracingProtocol },
        };

        var url = address.Contains("://", StringComparison.Ordinal) ? address : $"{(secure ? "https" : "http")}://{address}";
        return Uri.TryCreate(url, UriKind.Absolute, out var endpoint)
            ? new OtlpSettings(endpoint, protocol, otel.Text("headers"))
            : throw new ResourceException(otel.PositionOf("endpointAddress"), $"'spec.tracing.otel.endpointAddress' is '{address}'; allowed is host:port.");
    }
}
