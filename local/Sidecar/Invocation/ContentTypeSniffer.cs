using System.Text;

namespace McpAspire.Sidecar.Invocation;

/// <summary>Names the type of an answer that has none, by its first bytes: Go's rules in short, since daprd's callers see them.</summary>
internal static class ContentTypeSniffer
{
    private const int MaxRead = 512;

    private static readonly string[] _htmlTags =
    [
        "<!DOCTYPE HTML", "<HTML", "<HEAD", "<SCRIPT", "<IFRAME", "<H1", "<DIV", "<FONT", "<TABLE", "<A", "<STYLE", "<TITLE", "<B", "<BODY", "<BR", "<P",
    ];

    private static readonly (byte[] Start, string Type)[] _signatures =
    [
        ("<?xml"u8.ToArray(), "text/xml; charset=utf-8"),
        ("%PDF-"u8.ToArray(), "application/pdf"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
        ("GIF8"u8.ToArray(), "image/gif"),
        ([0xFF, 0xD8, 0xFF], "image/jpeg"),
        ([0x1F, 0x8B, 0x08], "application/x-gzip"),
        ("PK\u0003\u0004"u8.ToArray(), "application/zip"),
    ];

    /// <summary>Reads what comes first, and puts it back in front of the rest.</summary>
    public static async Task AddTypeAsync(HttpResponse response, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        var stream = await proxyResponse.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxRead];
        var length = await stream.ReadAsync(buffer, cancellationToken);
        if (length > 0)
        {
            response.ContentType = TypeOf(buffer.AsSpan(0, length));
        }

        proxyResponse.Content = new StreamContent(new PrefixedStream(buffer.AsMemory(0, length), stream));
    }

    public static string TypeOf(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.TrimStart(" \t\n\r\f"u8);
        foreach (var tag in _htmlTags)
        {
            if (text.Length > tag.Length
                && Encoding.Latin1.GetString(text[..tag.Length]).Equals(tag, StringComparison.OrdinalIgnoreCase)
                && text[tag.Length] is (byte)' ' or (byte)'>')
            {
                return "text/html; charset=utf-8";
            }
        }

        foreach (var (start, type) in _signatures)
        {
            if (bytes.StartsWith(start))
            {
                return type;
            }
        }

        foreach (var value in bytes)
        {
            if (value <= 0x08 || value is 0x0B or (>= 0x0E and <= 0x1A) or (>= 0x1C and <= 0x1F))
            {
                return "application/octet-stream";
            }
        }

        return "text/plain; charset=utf-8";
    }
}
