using System.Text;

namespace McpAspire.Sidecar.Invocation;

/// <summary>A string with one character a byte, as paths and methods are kept here.</summary>
internal static class ByteString
{
    /// <summary>The bytes of its UTF-8.</summary>
    public static string FromText(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>What its bytes say in UTF-8.</summary>
    public static string ToText(string bytes) => Ascii.IsValid(bytes) ? bytes : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));
}
