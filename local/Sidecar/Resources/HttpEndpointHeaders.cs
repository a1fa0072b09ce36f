using System.Collections.Frozen;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Resources;

/// <summary>The headers of an HTTPEndpoint. With one that cannot be sent every call would fail.</summary>
internal static class HttpEndpointHeaders
{
    /// <summary>Those of the connection and of the body's length, which the client writes itself. Proxy-Authorization may be meant for the endpoint.</summary>
    private static readonly FrozenSet<string> _ofTheConnection = new[]
    {
        "Connection", "Content-Length", "HTTP2-Settings", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<MetadataValue> Read(YamlMap spec)
    {
        var headers = spec.Maps("headers").Select(MetadataValue.Read).ToArray();
        foreach (var header in headers)
        {
            if (!HeaderText.IsName(header.Name))
            {
                throw new ResourceException(header.Position, $"'spec.headers' names the header '{Printable(header.Name)}'; allowed are letters, digits and !#$%&'*+-.^_`|~, at most 256 of them.");
            }

            if (_ofTheConnection.Contains(header.Name))
            {
                throw new ResourceException(header.Position, $"'spec.headers' names the header '{header.Name}', which the sidecar writes itself; allowed is any but {string.Join(", ", _ofTheConnection.Order(StringComparer.Ordinal))}.");
            }
        }

        return headers;
    }

    /// <summary>A value as it is sent, one character a byte of its UTF-8. It may be a secret: no message repeats it.</summary>
    public static string ToBytes(MetadataValue header, string value, string endpoint)
        => value.Any(character => (character < ' ' && character != '\t') || character == '\x7f')
            ? throw new ResourceException(header.Position, $"The value of the header '{header.Name}' of the HTTPEndpoint '{endpoint}' has a line break or another control character; allowed are visible characters, spaces and tabs.")
            : ByteString.FromText(value);

    /// <summary>What is read and then not sent, in daprd as well: the host of a call is that of its URL.</summary>
    public static IEnumerable<(Position Position, string Message)> NotSent(HttpEndpointResource endpoint)
        => endpoint.Headers
            .Where(header => header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            .Select(header => (header.Position, $"The header '{header.Name}' of the HTTPEndpoint '{endpoint.Name}' has no effect: the host of 'spec.baseUrl' is sent."));

    private static string Printable(string name) => string.Concat(name.Select(character => char.IsControl(character) ? '?' : character));
}
