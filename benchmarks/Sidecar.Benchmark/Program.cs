using McpAspire.Benchmarks;
using McpAspire.Benchmarks.Sidecars;
using McpAspire.Benchmarks.Sidecars.Measurement;
using McpAspire.Benchmarks.Sidecars.Servers;

switch (args)
{
    case [LocalServers.App, var port]:
        await LocalServers.RunAppAsync(int.Parse(port));
        return 0;
    case [LocalServers.Collector, var port]:
        await LocalServers.RunCollectorAsync(int.Parse(port));
        return 0;
    default:
        break;
}

// Usage: Sidecar.Benchmark <Sidecar or Sidecar.dll> <IdentityProvider.dll> [seconds a round] [rounds] [connections, as 1,16,64]; DAPRD names a daprd to measure beside it.
if (args.Length < 2 || !File.Exists(args[0]) || !File.Exists(args[1]))
{
    await Console.Error.WriteLineAsync("Sidecar.Benchmark: the arguments are the path of Sidecar (published, or Sidecar.dll) and that of IdentityProvider.dll, both built with -c Release; then seconds a round (2), rounds (3) and connections (1,16,64).");
    return 1;
}

var duration = TimeSpan.FromSeconds(args.Length > 2 ? double.Parse(args[2]) : 2);
var rounds = args.Length > 3 ? int.Parse(args[3]) : 3;
int[] loads = args.Length > 4 ? [.. args[4].Split(',').Select(int.Parse)] : [1, 16, 64];
var folder = Directory.CreateTempSubdirectory("sidecar-benchmark-");
var started = new List<IAsyncDisposable>();
try
{
    T Own<T>(T server)
        where T : IAsyncDisposable
    {
        started.Add(server);
        return server;
    }

    var backend = Own(await Backend.StartAsync(args[1]));
    var products = new List<Product> { Own(await Product.StartAsync("Sidecar", args[0], folder.FullName, backend)) };
    if (Environment.GetEnvironmentVariable("DAPRD") is { Length: > 0 } daprd)
    {
        products.Add(Own(await Product.StartAsync("daprd", daprd, folder.FullName, backend)));
    }

    var direct = new Way("direct", backend.AppPort, []);
    Way? nginx = null;
    if (Nginx.IsInstalled)
    {
        var port = ServerProcess.FreePort();
        nginx = new Way("nginx, one hop", port, [Own(await Nginx.StartAsync(folder.FullName, port, backend.AppPort))]);
    }

    Way[] ways = [direct, .. nginx is null ? (Way[])[] : [nginx], .. products.SelectMany(product => product.All)];
    List<(string Name, ServerProcess Process)> processes = [.. products.SelectMany(product => product.Processes), ("the app (ASP.NET Core, no sidecar)", backend.App)];
    var memory = new Dictionary<int, IReadOnlyList<double>>();
    foreach (var connections in loads)
    {
        var samples = ways.ToDictionary(way => way, _ => new List<Sample>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var way in ways)
            {
                samples[way].Add(await Load.RunAsync(way, connections, duration));
            }
        }

        var results = samples.ToDictionary(pair => pair.Key, pair => Sample.MiddleOf(pair.Value));
        memory[connections] = [.. processes.Select(entry => entry.Process.Megabytes)];
        Report.Table(connections, direct, results);
        if (connections == 16)
        {
            Report.Goals(direct, nginx, products, results);
        }
    }

    Report.Processes(processes, memory);
    return 0;
}
finally
{
    started.Reverse();
    foreach (var server in started)
    {
        await server.DisposeAsync();
    }

    folder.Delete(recursive: true);
}
