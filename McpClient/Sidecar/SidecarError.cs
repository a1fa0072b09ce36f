using System.Text;
using System.Text.Json;

namespace McpAspire.Client.Sidecar;

/// <summary>The error object of Dapr's HTTP API: <c>{"errorCode":…,"message":…}</c>.</summary>
internal sealed record SidecarError(string? Code, string? Message)
{
    /// <summary>What a sidecar answers, with 401, to a caller without its <c>DAPR_API_TOKEN</c>.</summary>
    public const string WrongApiToken = "invalid api token";

    private const int MaxTextBytes = 4096;

    public bool IsTokenFailure => Code?.Contains("TOKEN", StringComparison.OrdinalIgnoreCase) == true
        || Code?.Contains("OAUTH", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads the error and leaves the content readable for whoever comes next; null when it is something else.</summary>
    public static async Task<SidecarError?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/json")
        {
            return null;
        }

        await response.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new SidecarError(Text(document.RootElement, "errorCode"), Text(document.RootElement, "message"))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The beginning of a plain-text answer.</summary>
    public static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[MaxTextBytes];
        var read = await stream.ReadAtLeastAsync(buffer, MaxTextBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
