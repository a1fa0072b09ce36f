using System.Diagnostics;

namespace McpAspire.Benchmarks.Sidecars.Measurement;

/// <summary>Asks over a fixed number of connections for a fixed time.</summary>
internal static class Load
{
    public static async Task<Sample> RunAsync(Way way, int connections, TimeSpan duration)
    {
        var open = new List<Connection>();
        try
        {
            for (var count = 0; count < connections; count++)
            {
                open.Add(await Connection.OpenAsync(way));
            }

            await AskAsync(open, duration / 4);
            var processor = way.ProcessorTime;
            var watch = Stopwatch.StartNew();
            var times = await AskAsync(open, duration);
            var seconds = watch.Elapsed.TotalSeconds;
            var used = way.ProcessorTime - processor;
            Array.Sort(times);
            return new Sample(times.Length / seconds, Milliseconds(times[times.Length / 2]), Milliseconds(times[times.Length * 99L / 100]), used.TotalMicroseconds / times.Length);
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
    }

    private static async Task<long[]> AskAsync(List<Connection> connections, TimeSpan duration)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var times = await Task.WhenAll(connections.Select(connection => Task.Run(() => AskUntilAsync(connection, end))));
        return [.. times.SelectMany(part => part)];
    }

    private static async Task<List<long>> AskUntilAsync(Connection connection, long end)
    {
        var times = new List<long>(1024);
        for (var start = Stopwatch.GetTimestamp(); start < end;)
        {
            await connection.AskAsync();
            var now = Stopwatch.GetTimestamp();
            times.Add(now - start);
            start = now;
        }

        return times;
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}

/// <summary>What one way gave in one round: requests per second, milliseconds, microseconds of its hops' processor time per request.</summary>
internal sealed record Sample(double PerSecond, double Median, double Worst, double Processor)
{
    /// <summary>The middle of several rounds, number by number.</summary>
    public static Sample MiddleOf(IReadOnlyCollection<Sample> samples)
    {
        double Middle(Func<Sample, double> number) => samples.Select(number).Order().ElementAt(samples.Count / 2);
        return new Sample(Middle(sample => sample.PerSecond), Middle(sample => sample.Median), Middle(sample => sample.Worst), Middle(sample => sample.Processor));
    }
}
