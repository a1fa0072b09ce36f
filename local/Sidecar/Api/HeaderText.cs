namespace McpAspire.Sidecar.Api;

/// <summary>What may become a header of an answer or of a call to the app, where another process has written it.</summary>
internal static class HeaderText
{
    private const int MaxLength = 4096;

    /// <summary>A token of RFC 9110.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= 256 && text.All(IsTokenCharacter);

    /// <summary>Visible ASCII and spaces.</summary>
    public static bool IsValue(string text) => text.Length <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool IsTokenCharacter(char character)
        => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);
}
