using McpAspire.Benchmarks.Sidecars.Measurement;

namespace McpAspire.Benchmarks.Sidecars;

/// <summary>The tables. Machines differ: what counts are the ratios within one run.</summary>
internal static class Report
{
    // daprd 1.18.3 on two cores, 16 connections: requests per second through two authenticated hops, as a part of the direct call's.
    private const double DaprdAuthenticated = 1950.0 / 49_000;
    private const double DaprdAuthenticatedTraced = 1550.0 / 49_000;

    public static void Table(int connections, Way direct, IReadOnlyDictionary<Way, Sample> results)
    {
        var title = $"{connections} connection{(connections == 1 ? string.Empty : "s")}";
        Console.WriteLine();
        Console.WriteLine($"| {title,-46} | requests/s | of direct | p50 ms | added | p99 ms | added | CPU µs |");
        Console.WriteLine($"|{new string('-', 48)}|-----------:|----------:|-------:|------:|-------:|------:|-------:|");
        var floor = results[direct];
        foreach (var (way, sample) in results)
        {
            Console.WriteLine($"| {way.Name,-46} | {sample.PerSecond,10:F0} | {sample.PerSecond / floor.PerSecond,9:P1} | {sample.Median,6:F2} | {sample.Median - floor.Median,5:F2} | {sample.Worst,6:F2} | {sample.Worst - floor.Worst,5:F2} | {sample.Processor,6:F0} |");
        }
    }

    public static void Goals(Way direct, Way? nginx, IReadOnlyList<Product> products, IReadOnlyDictionary<Way, Sample> results)
    {
        var ours = products[0];
        double OfDirect(Way way) => results[way].PerSecond / results[direct].PerSecond;
        Console.WriteLine();
        Goal("two authenticated hops, times daprd's recorded part of direct", OfDirect(ours.Plain.Authenticated) / DaprdAuthenticated, "at least 4");
        Goal("the same with every call exported", OfDirect(ours.Traced.Authenticated) / DaprdAuthenticatedTraced, "at least 3");
        Goal("two hops, open: times the requests of the authenticated ones", results[ours.Plain.TwoHops].PerSecond / results[ours.Plain.Authenticated].PerSecond, "at most 1.1");
        if (nginx is not null)
        {
            Goal("one hop, times nginx's CPU per request", results[ours.Plain.OneHop].Processor / results[nginx].Processor, "at most 3");
        }

        foreach (var other in products.Skip(1))
        {
            Goal($"two authenticated hops, times {other.Name}'s requests in this run", results[ours.Plain.Authenticated].PerSecond / results[other.Plain.Authenticated].PerSecond, "to aim at: 5");
            Goal($"its added p50, as a part of {other.Name}'s", Added(ours.Plain.Authenticated) / Added(other.Plain.Authenticated), "to aim at: 0.2");
        }

        double Added(Way way) => results[way].Median - results[direct].Median;
    }

    /// <summary>When each process was ready, and what it held before any load and after the one with that many connections.</summary>
    public static void Processes(IEnumerable<(string Name, ServerProcess Process)> processes, IReadOnlyDictionary<int, IReadOnlyList<double>> memory)
    {
        Console.WriteLine();
        Console.WriteLine($"| process                                        | ready ms | MB idle |{string.Concat(memory.Keys.Select(connections => $" after {connections,2} |"))}");
        Console.WriteLine($"|------------------------------------------------|---------:|--------:|{string.Concat(memory.Keys.Select(_ => "---------:|"))}");
        foreach (var (number, (name, process)) in processes.Index())
        {
            Console.WriteLine($"| {name,-46} | {process.Ready.TotalMilliseconds,8:F0} | {process.MegabytesIdle,7:F0} |{string.Concat(memory.Values.Select(megabytes => $" {megabytes[number],8:F0} |"))}");
        }

        // With a bearer, ready means that the provider has given its keys.
        Console.WriteLine("Goals: ready within 100 ms and 45 MB after 16 connections as published (AOT); 300 ms and 90 MB as Sidecar.dll.");
    }

    private static void Goal(string what, double ratio, string goal) => Console.WriteLine($"{ratio,6:F2}  {what} (goal: {goal})");
}
