using System.Text.Encodings.Web;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.CommandLine;

/// <summary>A tool's result for programs.</summary>
internal static class ResultJson
{
    public static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static readonly JsonSerializerOptions Protocol = new(McpJsonUtilities.DefaultOptions)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The structured result alone when there is one and the call went well, else the whole result.</summary>
    public static string Of(CallToolResult result)
        => result is { IsError: not true, StructuredContent: { } structured }
            ? JsonSerializer.Serialize(structured, Indented)
            : JsonSerializer.Serialize(result, Protocol);
}
