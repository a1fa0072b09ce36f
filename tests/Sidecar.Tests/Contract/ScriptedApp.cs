using System.Text;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>An app that answers what a recorded one did.</summary>
internal sealed class ScriptedApp : RawServer
{
    /// <summary>The recorded answer to what comes next.</summary>
    public JsonObject? Answer { get; set; }

    /// <summary>Whether an answer is the app's: a sidecar's own is plain text, a redirect or an error of its own.</summary>
    public static bool IsOfTheApp(JsonObject answer)
        => ContentType(answer) is "text/event-stream" or "application/json" && (int)answer["status"]! is 200 or 400;

    protected override async Task<bool> AnswerAsync(RawRequest request, RawConnection connection)
    {
        var body = (string?)Answer?["body"] ?? Answer?["json"]?.ToJsonString() ?? string.Empty;
        var status = Answer is null || !IsOfTheApp(Answer) ? 200 : (int)Answer["status"]!;
        var headers = Lines(Answer).Where(header => header.Name.ToLowerInvariant() is not ("date" or "traceparent" or "content-length" or "transfer-encoding"));
        await connection.WriteAsync($"HTTP/1.1 {status} Status\r\n{string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"))}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n");
        await connection.WriteAsync(Encoding.UTF8.GetBytes(body));
        return true;
    }

    private static string? ContentType(JsonObject? answer) => Lines(answer).FirstOrDefault(header => header.Name.Equals("content-type", StringComparison.OrdinalIgnoreCase)).Value;

    private static IEnumerable<(string Name, string Value)> Lines(JsonObject? answer)
        => (answer?["headers"] as JsonArray ?? []).Select(line => ((string)line![0]!, (string)line[1]!));
}
