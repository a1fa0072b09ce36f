using System.Collections.Concurrent;
using System.Diagnostics;

namespace McpAspire.Benchmarks.Identity;

/// <summary>Asks for tokens over a fixed number of connections.</summary>
internal static class Load
{
    private static readonly Dictionary<string, string> Form = new()
    {
        ["grant_type"] = "client_credentials",
        ["client_id"] = RealmProvider.Client,
        ["client_secret"] = RealmProvider.Secret,
        ["scope"] = RealmProvider.Scope,
    };

    public static async Task<Result> RunAsync(Target target, int requests, int connections)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false });
        await AskAsync(client, target, 1, 1, []);
        var first = target.Process.SinceStart;
        await AskAsync(client, target, requests / 10, connections, []);
        var times = new ConcurrentBag<double>();
        var watch = Stopwatch.StartNew();
        await AskAsync(client, target, requests, connections, times);
        var sorted = times.Order().ToArray();
        return new Result(
            target.Name,
            requests / watch.Elapsed.TotalSeconds,
            sorted[sorted.Length / 2],
            sorted[sorted.Length * 99 / 100],
            target.Process.Ready.TotalSeconds,
            first.TotalSeconds,
            target.Process.Megabytes);
    }

    private static Task AskAsync(HttpClient client, Target target, int requests, int connections, ConcurrentBag<double> times)
        => Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = connections }, async (_, cancel) =>
        {
            var start = Stopwatch.GetTimestamp();
            using var form = new FormUrlEncodedContent(Form);
            using var reply = await client.PostAsync(target.Url, form, cancel);
            reply.EnsureSuccessStatusCode();
            await reply.Content.ReadAsByteArrayAsync(cancel);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        });
}

/// <summary>One line of the table.</summary>
internal sealed record Result(string Name, double PerSecond, double Median, double Worst, double Ready, double First, double Megabytes);
