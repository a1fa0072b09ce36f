using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The bytes of a recorded request, its short forms written out.</summary>
internal sealed partial class RecordedRequest
{
    private RecordedRequest(byte[] bytes, bool isHead, bool isOneZero)
    {
        Bytes = bytes;
        IsHead = isHead;
        IsHttp10 = isOneZero;
    }

    public byte[] Bytes { get; }

    public bool IsHead { get; }

    public bool IsHttp10 { get; }

    /// <summary>The part of the body that was sent half a second later.</summary>
    public byte[]? Rest { get; private init; }

    public static RecordedRequest Write(JsonObject entry, Ports ports, Func<string, string> fill)
    {
        var name = (string)entry["name"]!;
        var request = entry["request"]!.AsObject();
        var verb = (string)request["method"]!;
        var url = fill(ports.ToActual(Expand((string)request["url"]!)));
        var http10 = name == "HTTP/1.0";
        var headers = (request["headers"] as JsonArray ?? []).Select(header => (Name: (string)header![0]!, Value: fill(ports.ToActual(Expand((string)header[1]!))))).ToList();
        if (http10)
        {
            headers.Add(("dapr-app-id", "app"));
        }

        if (name == "request trailers")
        {
            headers.Add(("dapr-app-id", "app"));
        }

        var head = new StringBuilder($"{verb} {url} HTTP/1.{(http10 ? 0 : 1)}\r\n");
        if (name != "no Host header" && !headers.Any(header => header.Name.Equals("host", StringComparison.OrdinalIgnoreCase)))
        {
            head.Append(CultureInfo.InvariantCulture, $"Host: {HostOf(url, ports)}\r\n");
        }

        var chunked = (bool?)request["chunked"] == true;
        foreach (var (header, value) in headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{header}: {value}\r\n");
        }

        if (chunked && !headers.Any(header => header.Name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)))
        {
            head.Append("Transfer-Encoding: chunked\r\n");
        }

        if (((string?)request["body"])?.Split(", 0.5 s later ") is [var now, var later])
        {
            byte[] first = [.. Encoding.UTF8.GetBytes(head.ToString() + "\r\n"), .. Chunk(Encoding.UTF8.GetBytes(now))[..^"0\r\n\r\n".Length]];
            return new RecordedRequest(first, isHead: false, isOneZero: false) { Rest = Chunk(Encoding.UTF8.GetBytes(later)) };
        }

        var body = Body(request, entry["app_saw"] as JsonObject);
        if (headers.Any(header => header.Name.Equals("Expect", StringComparison.OrdinalIgnoreCase)))
        {
            return new RecordedRequest(Encoding.UTF8.GetBytes(head.ToString() + "\r\n"), isHead: false, isOneZero: false) { Rest = body };
        }
        byte[] bytes = [.. Encoding.UTF8.GetBytes(head.ToString() + "\r\n"), .. chunked ? Chunk(body) : body];
        return name == "request trailers" ? Trailers(ports) : new RecordedRequest(bytes, verb == "HEAD", http10);
    }

    private static RecordedRequest Trailers(Ports ports)
        => new(Encoding.ASCII.GetBytes($"POST /show HTTP/1.1\r\nHost: 127.0.0.1:{ports[3600]}\r\ndapr-app-id: app\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n0\r\nX-T: t\r\n\r\n"), isHead: false, isOneZero: false);

    private static string HostOf(string url, Ports ports)
        => url.StartsWith("http://", StringComparison.Ordinal) ? new Uri(url).Authority : url.StartsWith('/') || url == "*" ? $"127.0.0.1:{ports[3600]}" : url;

    /// <summary>A JSON body stands only where it was seen, at the app.</summary>
    private static byte[] Body(JsonObject request, JsonObject? saw)
        => request["body"] is { } body ? Encoding.UTF8.GetBytes(Expand((string)body!))
            : saw?["json"] is { } json ? Encoding.UTF8.GetBytes(json.ToJsonString())
            : [];

    /// <summary>At most a MiB a chunk, as in the recordings.</summary>
    private static byte[] Chunk(byte[] body)
        => [.. body.Chunk(1024 * 1024).SelectMany(part => (byte[])[.. Encoding.ASCII.GetBytes($"{part.Length:x}\r\n"), .. part, .. "\r\n"u8]), .. "0\r\n\r\n"u8];

    /// <summary>"(3000 x)" is 3000 times x, "(1024 bytes)" a body of that length.</summary>
    private static string Expand(string text)
    {
        text = Bytes_().Replace(text, match => new string('x', int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
        return Times().Replace(text, match => new string(match.Groups[2].Value[0], int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"^\((\d+) bytes\)$")]
    private static partial Regex Bytes_();

    [GeneratedRegex(@"\((\d+) ([a-z])\)")]
    private static partial Regex Times();
}
