using System.Diagnostics;
using McpAspire.Sidecar.Telemetry;

namespace McpAspire.Sidecar.Grpc;

/// <summary><c>grpc-trace-bin</c>: the trace context in OpenCensus' binary format, which Dapr's SDKs send.</summary>
internal static class BinaryTrace
{
    public const string Key = "grpc-trace-bin";

    private const int Length = 29;

    /// <summary>As a <c>traceparent</c>; null when it cannot be read.</summary>
    public static string? ToTraceParent(ReadOnlySpan<byte> bytes)
        => bytes.Length >= Length && bytes[0] == 0 && bytes[1] == 0 && bytes[18] == 1 && bytes[27] == 2
            ? $"00-{Convert.ToHexStringLower(bytes[2..18])}-{Convert.ToHexStringLower(bytes[19..27])}-{(bytes[28] & 1):x2}"
            : null;

    /// <summary>Null when the <c>traceparent</c> is none.</summary>
    public static byte[]? Of(string? traceParent)
    {
        if (!TraceContext.TryParse(traceParent, state: null, out var trace))
        {
            return null;
        }

        var bytes = new byte[Length];
        trace.TraceId.CopyTo(bytes.AsSpan(2, 16));
        bytes[18] = 1;
        trace.SpanId.CopyTo(bytes.AsSpan(19, 8));
        bytes[27] = 2;
        bytes[28] = trace.Sampled ? (byte)ActivityTraceFlags.Recorded : (byte)0;
        return bytes;
    }
}
