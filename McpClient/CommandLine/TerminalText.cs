using System.Text;

namespace McpAspire.Client.CommandLine;

/// <summary>
/// Text from a server is data: control characters could move the cursor or recolour what the person sees next.
/// </summary>
internal static class TerminalText
{
    public static string Clean(string text)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            clean.Append(IsUnsafe(character) ? '\uFFFD' : character);
        }

        return clean.ToString();
    }

    private static bool IsUnsafe(char character) => char.IsControl(character) && character is not ('\n' or '\r' or '\t');
}
