using System.Globalization;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>Where spans are sent to: what OpenTelemetry's variables say, those for traces first, and what the Configuration says where they name no endpoint.</summary>
/// <param name="Endpoint">With HTTP that of traces, not the one of all signals.</param>
/// <param name="Grpc">Or protobuf over HTTP.</param>
/// <param name="Headers">As in the variable: <c>name=value,…</c>, the values percent-encoded.</param>
/// <param name="Timeout">Of one export.</param>
internal sealed record OtlpTarget(Uri Endpoint, bool Grpc, string? Headers, TimeSpan? Timeout)
{
    private const string OfTraces = "OTEL_EXPORTER_OTLP_TRACES_";
    private const string OfAll = "OTEL_EXPORTER_OTLP_";
    private const string Path = "/v1/traces";

    public static bool IsInEnvironment(Func<string, string?> environment) => Find(environment, "ENDPOINT").Value is not null;

    /// <returns>Null: nowhere.</returns>
    public static OtlpTarget? Read(TracingSettings tracing, Func<string, string?> environment)
    {
        if (string.Equals(environment("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var (headers, timeout) = (ReadHeaders(environment), ReadTimeout(environment));
        if (Find(environment, "ENDPOINT") is { Value: { } text } variable)
        {
            var isGrpc = ReadProtocol(environment);
            return new OtlpTarget(ReadEndpoint(variable.Name, text, isGrpc, IsInsecure(environment)), isGrpc, headers, timeout);
        }

        if (tracing.Otlp is not { Endpoint: { } endpoint } configured)
        {
            return null;
        }

        return new OtlpTarget(
            configured.Grpc ? endpoint : new Uri(endpoint, Path),
            configured.Grpc,
            configured.Headers.Count > 0 ? string.Join(',', configured.Headers.Select(header => $"{header.Key}={Uri.EscapeDataString(header.Value)}")) : headers,
            timeout ?? configured.Timeout);
    }

    /// <summary>Without a scheme, as daprd takes it, the connection has TLS unless <c>INSECURE</c> is true.</summary>
    private static Uri ReadEndpoint(string name, string text, bool isGrpc, bool isInsecure)
    {
        var url = text.Contains("://", StringComparison.Ordinal) ? text : $"{(isInsecure ? "http" : "https")}://{text}";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new CommandLineException($"The environment variable {name} is '{UrlText.WithoutPasswordAnywhere(text)}'; allowed is http://host:port, https://host:port or host:port.");
        }

        return isGrpc || name.StartsWith(OfTraces, StringComparison.Ordinal) || endpoint.AbsolutePath.EndsWith(Path, StringComparison.Ordinal)
            ? endpoint
            : new Uri(endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/') + Path);
    }

    private static bool IsInsecure(Func<string, string?> environment) => string.Equals(Find(environment, "INSECURE").Value, "true", StringComparison.OrdinalIgnoreCase);

    private static bool ReadProtocol(Func<string, string?> environment) => Find(environment, "PROTOCOL") switch
    {
        (_, null or "grpc") => true,
        (_, "http/protobuf" or "http") => false,
        var (name, text) => throw new CommandLineException($"The environment variable {name} is '{text}'; allowed are grpc (the default) and http/protobuf."),
    };

    private static TimeSpan? ReadTimeout(Func<string, string?> environment) => Find(environment, "TIMEOUT") switch
    {
        (_, null) => null,
        var (name, text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new CommandLineException($"The environment variable {name} is '{text}'; allowed is a number of milliseconds, from 1 to {int.MaxValue}."),
    };

    /// <summary>The values may be secrets, and are not said.</summary>
    private static string? ReadHeaders(Func<string, string?> environment)
    {
        var (name, text) = Find(environment, "HEADERS");
        foreach (var pair in Uri.UnescapeDataString(text ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !OtlpSettings.IsHeader(pair[..equals].Trim(), pair[(equals + 1)..].Trim()))
            {
                throw new CommandLineException($"The environment variable {name} has an entry that is no header; allowed is name=value,name=value: names of letters, digits and hyphens but not Content-…, values of ASCII, percent-encoded.");
            }
        }

        return text;
    }

    private static (string Name, string? Value) Find(Func<string, string?> environment, string name)
        => environment(OfTraces + name) is { Length: > 0 } ofTraces ? (OfTraces + name, ofTraces) : (OfAll + name, environment(OfAll + name) is { Length: > 0 } ofAll ? ofAll : null);
}
