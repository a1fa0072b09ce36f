using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>
/// Replaces <c>${NAME}</c>, <c>${NAME:default}</c> and <c>${A,B:default}</c> in a realm file, as Keycloak does at import.
/// Keycloak leaves an unset name as it stands, which turns the literal text into a known secret: here it stops the start.
/// </summary>
internal static partial class Placeholders
{
    /// <summary>Replaces all placeholders of <paramref name="text"/>; values are escaped where they stand inside a JSON string.</summary>
    public static string Replace(string file, string text, Func<string, string?> lookup)
    {
        var result = new StringBuilder(text.Length);
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (inString && c == '\\' && i + 1 < text.Length)
            {
                result.Append(c).Append(text[++i]);
                continue;
            }

            if (c == '"')
            {
                inString = !inString;
            }

            if (c == '$' && i + 2 < text.Length && text[i + 1] == '$' && text[i + 2] == '{')
            {
                // $${X} is Keycloak's way of writing the literal text.
                result.Append("${");
                i += 2;
                continue;
            }

            var end = c == '$' && i + 1 < text.Length && text[i + 1] == '{' ? text.IndexOf('}', i) : -1;
            if (end < 0)
            {
                result.Append(c);
                continue;
            }

            var expression = text[(i + 2)..end];
            result.Append(Resolve(file, text, i, expression, lookup, inString));
            i = end;
        }

        return result.ToString();
    }

    private static string Resolve(string file, string text, int at, string expression, Func<string, string?> lookup, bool inString)
    {
        var colon = expression.IndexOf(':');
        var names = (colon < 0 ? expression : expression[..colon]).Split(',', StringSplitOptions.TrimEntries);
        var value = names.Select(lookup).FirstOrDefault(found => !string.IsNullOrEmpty(found))
                    ?? (colon < 0 ? null : expression[(colon + 1)..]);
        if (value is not null)
        {
            return inString ? JsonEncodedText.Encode(value).ToString() : value;
        }

        // ${client_id} in claim names and message keys such as ${role_offline-access} are Keycloak's own.
        if (!names.All(name => EnvironmentName().IsMatch(name)))
        {
            return $"${{{expression}}}";
        }

        var line = 1 + text.AsSpan(0, at).Count('\n');
        throw new RealmFileException(file, $"line {line}",
            $"the placeholder ${{{expression}}} has no value; set the environment variable {string.Join(" or ", names)}, or give a default as ${{{names[0]}:value}}.");
    }

    [GeneratedRegex("^[A-Z][A-Z0-9_]*$")]
    private static partial Regex EnvironmentName();
}
