using System.Globalization;
using System.Text;

namespace McpAspire.Sidecar.Invocation;

/// <summary>Paths and queries as a request line can hold them.</summary>
internal static class RequestLine
{
    /// <summary>A configured URL: its host may be a name that is not ASCII, its path not.</summary>
    public static string Escape(Uri url)
    {
        var authority = url.OriginalString.IndexOf('/', url.OriginalString.IndexOf("//", StringComparison.Ordinal) + 2);
        return authority < 0 ? url.OriginalString : url.OriginalString[..authority] + Escape(url.OriginalString[authority..]);
    }

    /// <summary>
    /// With the bytes that are no visible ASCII percent-encoded. .NET's client takes a request line for ASCII: at another
    /// character it sends what its buffer held before, which may be of another call on that connection.
    /// </summary>
    public static string Escape(string target)
    {
        if (!target.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return target;
        }

        var escaped = new StringBuilder(target.Length * 3);
        foreach (var octet in Encoding.UTF8.GetBytes(target))
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
