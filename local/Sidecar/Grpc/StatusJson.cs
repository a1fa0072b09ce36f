using System.Buffers;
using System.Text.Json;
using Grpc.Core;

namespace McpAspire.Sidecar.Grpc;

/// <summary>A gRPC status for a caller that speaks HTTP: the JSON of <c>google.rpc.Status</c>, as daprd answers it.</summary>
internal static class StatusJson
{
    public static byte[] Of(Status status)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("code", (int)status.StatusCode);
            if (status.Detail.Length > 0)
            {
                writer.WriteString("message", status.Detail);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
