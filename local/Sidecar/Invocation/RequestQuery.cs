using System.Globalization;
using System.Text;

namespace McpAspire.Sidecar.Invocation;

/// <summary>A query as a request line can hold it.</summary>
internal static class RequestQuery
{
    /// <summary>
    /// Its bytes that are no visible ASCII, percent-encoded. .NET's client takes a request line for ASCII: at another
    /// character it sends what its buffer held before, which may be of another call on that connection.
    /// </summary>
    public static string Escape(string query)
    {
        if (!query.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return query;
        }

        var escaped = new StringBuilder(query.Length * 3);
        foreach (var octet in Encoding.UTF8.GetBytes(query))
        {
            if (octet is >= (byte)'!' and <= (byte)'~')
            {
                escaped.Append((char)octet);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            }
        }

        return escaped.ToString();
    }
}
