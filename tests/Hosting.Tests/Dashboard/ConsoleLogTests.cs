using Aspire.Hosting.Dashboard.Protocol;
using Grpc.Core;

namespace Aspire.Hosting.Dashboard.Tests;

public sealed class ConsoleLogTests
{
    [Fact]
    public async Task ConsoleLogs_LinesBeforeAndAfterTheCall_ArriveInOrder()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        service.Resources.Log("api", "first");
        using var call = service.WatchConsoleLogs("api");

        var lines = new List<ConsoleLogLine>();
        await foreach (var update in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            lines.AddRange(update.LogLines);
            if (lines.Count == 1)
            {
                service.Resources.Log("api", "second", isError: true);
            }

            if (lines.Count == 2)
            {
                break;
            }
        }

        Assert.EndsWith("first", lines[0].Text, StringComparison.Ordinal);
        Assert.False(lines[0].IsStdErr);
        Assert.EndsWith("second", lines[1].Text, StringComparison.Ordinal);
        Assert.True(lines[1].IsStdErr);
        Assert.Equal(lines[0].LineNumber + 1, lines[1].LineNumber);
    }

    [Fact]
    public async Task ConsoleLogs_WithoutFollowing_EndAfterTheKnownLines()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        service.Resources.Log("api", "only");

        var lines = await ReadToEndAsync(service, "api");

        Assert.EndsWith("only", Assert.Single(lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsoleLogs_MoreThanAMessageMayHold_ArriveWhole()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        var line = new string('ü', 500_000);
        for (var i = 0; i < 12; i++)
        {
            service.Resources.Log("api", line);
        }

        var lines = await ReadToEndAsync(service, "api");

        Assert.Equal(12, lines.Count);
        Assert.All(lines, received => Assert.EndsWith(line, received.Text, StringComparison.Ordinal));
    }

    private static async Task<List<ConsoleLogLine>> ReadToEndAsync(ResourceServiceFixture service, string resource)
    {
        using var call = service.WatchConsoleLogs(resource, follow: false);
        var lines = new List<ConsoleLogLine>();
        await foreach (var update in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            lines.AddRange(update.LogLines);
        }

        return lines;
    }
}
