using System.Text.RegularExpressions;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>What the placeholders of the recordings stand for.</summary>
internal static partial class Shape
{
    private const string Base64Url = "[A-Za-z0-9_-]";
    private const string Uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    private static readonly Dictionary<string, string> Patterns = new()
    {
        ["uuid"] = Uuid,
        ["jwt"] = $"{Base64Url}+\\.{Base64Url}+\\.{Base64Url}+",
        ["code"] = $"{Uuid}\\.{Base64Url}{{24}}\\.{Uuid}",
        ["session-id"] = $"{Base64Url}{{24}}",
        ["auth-session-id"] = $"{Base64Url}[A-Za-z0-9_.-]+",
        ["session-code"] = $"{Base64Url}{{10,}}",
        ["tab-id"] = $"{Base64Url}{{11}}",
        ["client-data"] = $"{Base64Url}+",
        ["hash"] = "[A-Za-z0-9_+/=\"-]+",
        ["kid"] = $"{Base64Url}+",
        ["ip"] = @"127\.0\.0\.1|(0:){7}1|::1",
        ["unix-time"] = @"\d{10}",
        ["modulus"] = $"{Base64Url}{{300,}}",
        ["x5t"] = $"{Base64Url}{{27}}",
        ["x5t-s256"] = $"{Base64Url}{{43}}",
        ["thumbprint"] = $"{Base64Url}{{43}}",
        ["certificate"] = "[A-Za-z0-9+/=]{300,}",
        ["public-key"] = "[A-Za-z0-9+/=]{300,}",
        ["user-code"] = "[A-Z]{4}-[A-Z]{4}",
        ["device-code"] = $"{Base64Url}+",
        ["client-secret"] = "[A-Za-z0-9]{32}",
    };

    /// <summary>Whether <paramref name="actual"/> is <paramref name="expected"/> with its placeholders filled.</summary>
    public static bool Matches(string expected, string actual)
        => expected == actual || (expected.Contains('<') && Regex.IsMatch(actual, $"^(?:{ToPattern(expected)})\\z"));

    private static string ToPattern(string expected)
        => Placeholder().Replace(Regex.Escape(expected), match => $"(?:{Patterns[match.Groups[1].Value]})");

    [GeneratedRegex("<([a-z0-9-]+)>")]
    private static partial Regex Placeholder();
}
