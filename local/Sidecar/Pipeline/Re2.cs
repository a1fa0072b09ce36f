using System.Text;
using System.Text.RegularExpressions;

namespace McpAspire.Sidecar.Pipeline;

/// <summary>Expressions as Go's <c>regexp</c> package has them (RE2): the time of a search grows with the text alone, whoever wrote it.</summary>
internal static class Re2
{
    private const int _mostChoices = 4;

    /// <summary>Throws <see cref="FormatException"/> for what RE2 has not (lookaround, back references).</summary>
    public static Regex Compile(string pattern)
    {
        if (pattern.Contains("[:", StringComparison.Ordinal))
        {
            throw new FormatException("POSIX classes such as [:alpha:] are not supported; write the range");
        }

        try
        {
            var engine = IsPlain(pattern) ? RegexOptions.None : RegexOptions.NonBacktracking;
            return new Regex(EndAsInGo(pattern).Replace("(?P<", "(?<", StringComparison.Ordinal), engine | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    /// <summary>
    /// Texts and groups with a few choices and no repetition, as most filters are. There the ordinary engine has at most
    /// 2⁴ ways to try, and it is there at once: .NET compiles some hundred methods for the linear one when the sidecar starts.
    /// </summary>
    private static bool IsPlain(string pattern)
    {
        var choices = 0;
        for (var at = 0; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case '*' or '+' or '{' or '[':
                    return false;
                case '\\':
                    at++;
                    if (at == pattern.Length || !char.IsAscii(pattern[at]) || char.IsAsciiLetterOrDigit(pattern[at]))
                    {
                        return false;
                    }

                    break;
                case '(' when at + 1 < pattern.Length && pattern[at + 1] == '?':
                    at += 2;
                    if (at >= pattern.Length || pattern[at] != ':')
                    {
                        return false;
                    }

                    break;
                case '?' or '|':
                    choices++;
                    break;
                default:
                    break;
            }
        }

        return choices <= _mostChoices;
    }

    /// <summary>Without the flag <c>m</c> Go's <c>$</c> is the end of the text; .NET's also stands before a line break there.</summary>
    private static string EndAsInGo(string pattern)
    {
        if (!pattern.Contains('$') || pattern.Contains("(?", StringComparison.Ordinal) && HasFlagOfLines(pattern))
        {
            return pattern;
        }

        var text = new StringBuilder(pattern.Length + 1);
        var isInClass = false;
        for (var at = 0; at < pattern.Length; at++)
        {
            var character = pattern[at];
            switch (character)
            {
                case '\\' when at + 1 < pattern.Length:
                    text.Append(character).Append(pattern[++at]);
                    continue;
                case '[' when !isInClass:
                    isInClass = true;
                    text.Append(character);
                    if (at + 1 < pattern.Length && pattern[at + 1] == '^')
                    {
                        text.Append(pattern[++at]);
                    }

                    if (at + 1 < pattern.Length && pattern[at + 1] == ']')
                    {
                        text.Append(pattern[++at]); // a bracket that is the first of a class is one of its characters
                    }

                    continue;
                case ']':
                    isInClass = false;
                    break;
                case '$' when !isInClass:
                    text.Append(@"\z");
                    continue;
                default:
                    break;
            }

            text.Append(character);
        }

        return text.ToString();
    }

    private static bool HasFlagOfLines(string pattern)
    {
        for (var at = pattern.IndexOf("(?", StringComparison.Ordinal); at >= 0; at = pattern.IndexOf("(?", at + 2, StringComparison.Ordinal))
        {
            var flags = pattern.AsSpan(at + 2);
            var end = flags.IndexOfAnyExcept("imsU-");
            if (flags[..(end < 0 ? flags.Length : end)].Contains('m'))
            {
                return true;
            }
        }

        return false;
    }
}
