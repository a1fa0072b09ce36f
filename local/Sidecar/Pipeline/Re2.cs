using System.Text.RegularExpressions;

namespace McpAspire.Sidecar.Pipeline;

/// <summary>Expressions as Go's <c>regexp</c> package has them (RE2): the time of a search grows with the text alone, whoever wrote it.</summary>
internal static class Re2
{
    private const int _mostChoices = 4;

    /// <summary>Throws <see cref="FormatException"/> for what RE2 has not (lookaround, back references).</summary>
    public static Regex Compile(string pattern)
    {
        try
        {
            var engine = IsPlain(pattern) ? RegexOptions.None : RegexOptions.NonBacktracking;
            return new Regex(Re2Syntax.Translate(pattern), engine | RegexOptions.CultureInvariant);
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
}
