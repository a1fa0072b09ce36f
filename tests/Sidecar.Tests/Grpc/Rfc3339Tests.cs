using System.Globalization;
using McpAspire.Sidecar.Grpc;

namespace McpAspire.Sidecar.Tests.Grpc;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2009-11-10T23:00:00Z", "2009-11-10T23:00:00.0000000+00:00")]
    [InlineData("2009-11-10T23:00:00.5Z", "2009-11-10T23:00:00.5000000+00:00")]
    [InlineData("2009-11-10T23:00:00.123456789Z", "2009-11-10T23:00:00.1234567+00:00")]
    [InlineData("2009-11-10T23:00:00.123456789-07:30", "2009-11-10T23:00:00.1234567-07:30")]
    [InlineData("2009-11-10T23:00:00+02:00", "2009-11-10T23:00:00.0000000+02:00")]
    [InlineData("2009-11-10T23:00:00", null)]
    [InlineData("2009-11-10T23:00:00.123456789", null)]
    [InlineData("2009-11-10 23:00:00Z", null)]
    [InlineData("2009-11-10", null)]
    [InlineData(".", null)]
    [InlineData("", null)]
    public void Time_IsReadAsGoWritesIt(string text, string? time)
        => Assert.Equal(time, Rfc3339.TryParse(text, out var read) ? read.ToString("O", CultureInfo.InvariantCulture) : null);
}
