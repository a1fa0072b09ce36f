using System.Text;

namespace McpAspire.Sidecar.Invocation;

/// <summary>Writes a decoded method into a URL as Go's net/url does, which is what reaches the app behind daprd.</summary>
internal static class MethodPath
{
    /// <summary>The forbidden character or control character that daprd refuses, in its words; null when there is none.</summary>
    public static string? Complaint(string method)
    {
        for (var i = 0; i < method.Length; i++)
        {
            var character = method[i];
            if (character is '?' or '#' or '\0')
            {
                return $"method contains forbidden character: {Quoted(method)}";
            }

            if (character is < ' ' or '\x7f')
            {
                return $"method contains control character at position {i}: {Quoted(method)}";
            }
        }

        return null;
    }

    /// <summary>False when the method holds a percent sign that is no escape; <paramref name="bad"/> is then what Go quotes.</summary>
    public static bool TryEscape(string method, out string escaped, out string bad)
    {
        if (!TryUnescape(method, out var unescaped, out bad))
        {
            escaped = string.Empty;
            return false;
        }

        escaped = IsValidEncoding(method) ? method : Escape(unescaped);
        return true;
    }

    /// <summary>So that decoding it once gives the method again, whatever it holds.</summary>
    public static string EscapeAll(string method) => Escape(method);

    private static bool IsValidEncoding(string text)
    {
        foreach (var character in text)
        {
            if (!(char.IsAsciiLetterOrDigit(character) || "-_.~!$&'()*+,;=:@[]%/".Contains(character, StringComparison.Ordinal)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryUnescape(string text, out string unescaped, out string bad)
    {
        if (text.IndexOf('%', StringComparison.Ordinal) < 0)
        {
            (unescaped, bad) = (text, string.Empty);
            return true;
        }

        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                builder.Append(text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                bad = text.Substring(i, Math.Min(3, text.Length - i));
                unescaped = string.Empty;
                return false;
            }

            builder.Append((char)Convert.ToByte(text.Substring(i + 1, 2), 16));
            i += 2;
        }

        unescaped = builder.ToString();
        bad = string.Empty;
        return true;
    }

    private static string Escape(string text)
    {
        var builder = new StringBuilder(text.Length + 8);
        foreach (var character in text)
        {
            if (char.IsAsciiLetterOrDigit(character) || "-_.~$&+,/:;=@".Contains(character, StringComparison.Ordinal))
            {
                builder.Append(character);
            }
            else
            {
                builder.Append('%').Append(((int)character).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return builder.ToString();
    }

    /// <summary>A byte string as Go's %q prints it.</summary>
    private static string Quoted(string bytes)
    {
        var text = ByteString.ToText(bytes);
        var builder = new StringBuilder("\"");
        foreach (var character in text)
        {
            builder.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\v' => "\\v",
                < ' ' or '\x7f' => $"\\x{(int)character:x2}",
                _ => character.ToString(),
            });
        }

        return builder.Append('"').ToString();
    }
}
