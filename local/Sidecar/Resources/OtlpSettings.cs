using McpAspire.Sidecar.Api;

namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.tracing.otel</c>. <c>isSecure</c> is true unless said otherwise, as in Dapr.</summary>
internal sealed record OtlpSettings(Uri? Endpoint, bool Grpc, IReadOnlyList<KeyValuePair<string, string>> Headers, TimeSpan? Timeout)
{
    private static readonly OtlpSettings _nowhere = new(Endpoint: null, Grpc: false, Headers: [], Timeout: null);

    public static OtlpSettings Read(YamlMap otel)
    {
        otel.Only("protocol", "endpointAddress", "isSecure", "headers", "timeout");
        var secure = otel.Switch("isSecure", otherwise: true);
        var headers = ReadHeaders(otel);
        var timeout = ReadTimeout(otel);
        var address = otel.Text("endpointAddress");
        if (address is not { Length: > 0 })
        {
            return _nowhere;
        }

        var protocol = otel.Text("protocol") switch
        {
            "grpc" => true,
            "http" => false,
            var other => throw new ResourceException(otel.PositionOf("protocol"), $"'spec.tracing.otel.protocol' is '{other}'; allowed are grpc and http, and Dapr exports nothing without it.") { Rule = ProblemRules.TracingProtocol },
        };

        var url = address.Contains("://", StringComparison.Ordinal) ? address : $"{(secure ? "https" : "http")}://{address}";
        return Uri.TryCreate(url, UriKind.Absolute, out var endpoint)
            ? new OtlpSettings(endpoint, protocol, headers, timeout)
            : throw new ResourceException(otel.PositionOf("endpointAddress"), $"'spec.tracing.otel.endpointAddress' is '{address}'; allowed is host:port.");
    }

    /// <summary>Whether an exporter can send it: what is of the body it sets itself.</summary>
    public static bool IsHeader(string name, string value) => HeaderText.IsName(name) && HeaderText.IsValue(value) && !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);

    /// <summary>A value may be a secret: no message repeats it.</summary>
    private static List<KeyValuePair<string, string>> ReadHeaders(YamlMap otel)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var header in otel.Texts("headers"))
        {
            var equals = header.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || header.Contains(',', StringComparison.Ordinal) || !IsHeader(header[..equals], header[(equals + 1)..]))
            {
                throw new ResourceException(otel.PositionOf("headers"), "An entry of 'spec.tracing.otel.headers' is no header; allowed is name=value without a comma: names of letters, digits and hyphens but not Content-…, values of ASCII.");
            }

            headers.Add(new KeyValuePair<string, string>(header[..equals], header[(equals + 1)..]));
        }

        return headers;
    }

    private static TimeSpan? ReadTimeout(YamlMap otel) => otel.Text("timeout") switch
    {
        null or "" => null,
        var text when GoDuration.TryParse(text, out var timeout) && timeout > TimeSpan.Zero && timeout.TotalMilliseconds <= int.MaxValue => timeout,
        _ => throw otel.Wrong("timeout", "a duration such as 10s"),
    };
}
