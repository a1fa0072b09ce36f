using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpAspire.Sidecar.Api;

/// <summary>JSON as Dapr writes it: what stands in it is not escaped for HTML.</summary>
internal static class DaprJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
