using System.Globalization;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Times as Go writes them: with any number of digits behind the second, of which .NET has seven.</summary>
internal static class Rfc3339
{
    private const int Digits = 7;

    private static readonly string[] _formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        var fraction = text.IndexOf('.') + 1;
        var length = fraction > 0 ? text.AsSpan(fraction).IndexOfAnyExceptInRange('0', '9') : 0;
        var read = length > Digits ? text.Remove(fraction + Digits, length - Digits) : text;
        return DateTimeOffset.TryParseExact(read, _formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
