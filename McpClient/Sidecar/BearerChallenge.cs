using System.Text.RegularExpressions;

namespace McpAspire.Client.Sidecar;

/// <summary>The parameters of a <c>WWW-Authenticate: Bearer</c> header.</summary>
internal sealed partial record BearerChallenge(string? Error, string? Scope, string? Description)
{
    public const string InsufficientScope = "insufficient_scope";

    public static BearerChallenge? From(HttpResponseMessage response)
    {
        foreach (var header in response.Headers.WwwAuthenticate)
        {
            if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            {
                return Parse(header.Parameter ?? "");
            }
        }

        return null;
    }

    private static BearerChallenge Parse(string parameters)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Parameter().Matches(parameters))
        {
            var value = match.Groups["quoted"].Success
                ? match.Groups["quoted"].Value.Replace("\\\"", "\"", StringComparison.Ordinal)
                : match.Groups["token"].Value;
            values.TryAdd(match.Groups["name"].Value, value);
        }

        return new BearerChallenge(
            values.GetValueOrDefault("error"),
            values.GetValueOrDefault("scope"),
            values.GetValueOrDefault("error_description"));
    }

    [GeneratedRegex("""(?<name>[A-Za-z_]+)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<token>[^\s,"]+))""")]
    private static partial Regex Parameter();
}
