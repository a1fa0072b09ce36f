using System.Text;

namespace McpAspire.Sidecar.Invocation;

/// <summary>
/// A request target taken apart as daprd does it: the path decoded once and cleaned, the query untouched.
/// The decoded path is a string with one character a byte, so that bytes which are not UTF-8 survive.
/// </summary>
internal readonly record struct RequestTarget(string Path, bool HadTrailingSlash, string Query)
{
    /// <summary>False also for a space, a control character or a byte beyond ASCII, which HTTP/2 can carry and a request line cannot.</summary>
    public static bool TryParse(string raw, out RequestTarget target)
    {
        if (raw.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            target = default;
            return false;
        }

        var start = PathStart(raw);
        var queryAt = raw.IndexOf('?', start);
        var path = queryAt < 0 ? raw.AsSpan(start) : raw.AsSpan(start, queryAt - start);
        var query = queryAt < 0 || queryAt == raw.Length - 1 ? string.Empty : raw[queryAt..];
        var decoded = Decode(path, out var isValid);
        if (!isValid)
        {
            target = default;
            return false;
        }

        target = new RequestTarget(Clean(decoded), decoded.Length > 1 && decoded[^1] == '/', query);
        return true;
    }

    /// <summary>The path of a target, cleaned and not decoded.</summary>
    public static string CleanPathOf(string raw)
    {
        var start = PathStart(raw);
        var queryAt = raw.IndexOf('?', start);
        return Clean(queryAt < 0 ? raw[start..] : raw[start..queryAt]);
    }

    /// <summary>An absolute-form target names a host before its path.</summary>
    private static int PathStart(string raw)
    {
        if (raw.Length == 0 || raw[0] == '/')
        {
            return 0;
        }

        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return 0;
        }

        var slash = raw.IndexOf('/', scheme + 3);
        return slash < 0 ? raw.Length : slash;
    }

    /// <summary>Takes one layer of percent-encoding off; a percent sign that is no escape stays, and the path is not valid.</summary>
    public static string Decode(ReadOnlySpan<char> path, out bool isValid)
    {
        isValid = true;
        if (path.IndexOf('%') < 0)
        {
            return path.ToString();
        }

        var builder = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && char.IsAsciiHexDigit(path[i + 1]) && char.IsAsciiHexDigit(path[i + 2]))
            {
                builder.Append((char)Convert.ToByte(path.Slice(i + 1, 2).ToString(), 16));
                i += 2;
                continue;
            }

            isValid &= path[i] != '%';
            builder.Append(path[i]);
        }

        return builder.ToString();
    }

    /// <summary>No empty, <c>.</c> and <c>..</c> segments and no slash at the end.</summary>
    public static string Clean(string path)
    {
        if (path.Length == 0)
        {
            return "/";
        }

        if (IsClean(path))
        {
            return path;
        }

        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            switch (segment)
            {
                case "" or ".":
                    break;
                case "..":
                    if (segments.Count > 0)
                    {
                        segments.RemoveAt(segments.Count - 1);
                    }

                    break;
                default:
                    segments.Add(segment);
                    break;
            }
        }

        return "/" + string.Join('/', segments);
    }

    /// <summary>Whether cleaning a path with this in it would make it another one.</summary>
    public static bool HasDotSegment(string text)
        => text.Contains('.', StringComparison.Ordinal) && text.Split('/').Any(part => part is "." or "..");

    private static bool IsClean(string path)
        => path == "/"
           || (path[0] == '/' && path[^1] != '/'
               && !path.Contains("//", StringComparison.Ordinal)
               && !path.Contains("/.", StringComparison.Ordinal));
}
