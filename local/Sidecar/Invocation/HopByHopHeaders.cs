using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace McpAspire.Sidecar.Invocation;

/// <summary>Headers that are between two neighbours and never forwarded.</summary>
internal static class HopByHopHeaders
{
    private static readonly FrozenSet<string> _names = new[]
    {
        "Connection", "HTTP2-Settings", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Contains(string name) => _names.Contains(name);

    /// <summary>Sets a header for the next one, whatever the caller's Connection header says of its name.</summary>
    public static void SetEndToEnd(IHeaderDictionary headers, string name, string value)
    {
        headers[name] = value;
        if (headers.Connection is { Count: > 0 } connection && IsNominated(connection, name))
        {
            var others = connection.SelectMany(line => line?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? []).Where(part => !part.Equals(name, StringComparison.OrdinalIgnoreCase));
            headers.Connection = string.Join(", ", others);
        }
    }

    /// <summary>Whether a Connection header names <paramref name="name"/> as hop-by-hop too.</summary>
    public static bool IsNominated(StringValues connection, string name)
    {
        foreach (var value in connection)
        {
            if (value is null)
            {
                continue;
            }

            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[part].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
