using McpAspire.Sidecar.Hosting;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>What callers write into the log stays in its line, for whoever reads it.</summary>
public sealed class LogFormatTests
{
    [Theory]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("a\r\u001b[31mb\u007f", "a  [31mb ")]
    [InlineData("a\u0085\u009b31mb", "a  31mb")] // the next line, and what begins a terminal's commands, in one character
    [InlineData("a\u2028b\u2029", "a b ")]
    [InlineData("a\" level=fatal \\", "a\\\" level=fatal \\\\")]
    [InlineData("grün 日本", "grün 日本")]
    public void Text_StaysInItsLine(string text, string written)
    {
        var line = new LogFormat("app", IsJson: false).Line(DateTimeOffset.UnixEpoch, LogLevel.Information, "dapr.runtime", text, [KeyValuePair.Create("method", (object?)text)]);

        Assert.Contains($" msg=\"{written}\" ", line, StringComparison.Ordinal);
        Assert.Contains($" method=\"{written}\" ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\n\r\u001b\u0085\u009b\u2028\u2029b")]
    public void Json_HasOnlyAscii(string text)
    {
        var line = new LogFormat("app", IsJson: true).Line(DateTimeOffset.UnixEpoch, LogLevel.Information, "dapr.runtime", text, []);

        Assert.DoesNotContain(line, character => character is < ' ' or > '~');
    }
}
