using System.Globalization;
using System.Text.RegularExpressions;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The ports of the recordings and the free ones that stand for them in this run.</summary>
internal sealed partial class Ports
{
    private readonly Dictionary<string, int> _actual = [];

    public int this[int recorded] => _actual[recorded.ToString(CultureInfo.InvariantCulture)];

    public int? TryGet(int recorded) => _actual.TryGetValue(recorded.ToString(CultureInfo.InvariantCulture), out var port) ? port : null;

    public void Set(int recorded, int actual) => _actual[recorded.ToString(CultureInfo.InvariantCulture)] = actual;

    /// <summary>A recorded text with this run's ports.</summary>
    public string ToActual(string text) => FourDigits().Replace(text, match => _actual.TryGetValue(match.Value, out var port) ? port.ToString(CultureInfo.InvariantCulture) : match.Value);

    /// <summary>This run's text with the recorded ports.</summary>
    public string ToRecorded(string text)
    {
        foreach (var (recorded, actual) in _actual)
        {
            // Not within a number or a trace id; the A of an encoded colon may stand before it.
            text = Regex.Replace(text, $"(?<![0-9a-z]){actual}(?![0-9A-Za-z])", recorded);
        }

        return text;
    }

    [GeneratedRegex(@"(?<![\dA-Za-z])(?:3[56]\d\d|36[0-9]\d|56[0-9]\d|51\d\d)(?![\dA-Za-z])")]
    private static partial Regex FourDigits();
}
