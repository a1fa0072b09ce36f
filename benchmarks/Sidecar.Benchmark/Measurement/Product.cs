using McpAspire.Benchmarks.Sidecars.Servers;

namespace McpAspire.Benchmarks.Sidecars.Measurement;

/// <summary>One sidecar product in four pairs: open or authenticated, untraced or every call exported.</summary>
internal sealed class Product : IAsyncDisposable
{
    private readonly List<SidecarPair> _pairs;

    private Product(string name, List<SidecarPair> pairs)
    {
        Name = name;
        _pairs = pairs;
        Plain = Between(string.Empty, pairs[0], pairs[1]);
        Traced = Between(", traced", pairs[2], pairs[3]);
    }

    public string Name { get; }

    public Ways Plain { get; }

    public Ways Traced { get; }

    public IEnumerable<Way> All => [.. Plain.All, .. Traced.All];

    public IEnumerable<(string Name, ServerProcess Process)> Processes => _pairs.SelectMany((pair, number) =>
    {
        var kind = $"{Name}{(number % 2 == 1 ? ", token + bearer" : string.Empty)}{(number >= 2 ? ", traced" : string.Empty)}";
        return ((string, ServerProcess)[])[($"{kind}: client", pair.ClientSide), ($"{kind}: server", pair.ServerSide)];
    });

    public static async Task<Product> StartAsync(string name, string executable, string folder, Backend backend)
    {
        var pairs = new List<SidecarPair>();
        try
        {
            foreach (var traced in (bool[])[false, true])
            {
                foreach (var authenticated in (bool[])[false, true])
                {
                    pairs.Add(await SidecarPair.StartAsync(executable, Path.Combine(folder, name, $"{pairs.Count}"), backend, authenticated, traced));
                }
            }
        }
        catch
        {
            pairs.ForEach(pair => pair.DisposeAsync().AsTask().Wait());
            throw;
        }

        return new Product(name, pairs);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pair in _pairs)
        {
            await pair.DisposeAsync();
        }
    }

    private Ways Between(string suffix, SidecarPair open, SidecarPair authenticated) => new(
        new Way($"{Name}, one hop{suffix}", open.ServerPort, [open.ServerSide], "server"),
        new Way($"{Name}, two hops{suffix}", open.ClientPort, [open.ClientSide, open.ServerSide], "server"),
        new Way($"{Name}, two hops, token + bearer{suffix}", authenticated.ClientPort, [authenticated.ClientSide, authenticated.ServerSide], "server"));
}

/// <summary>The three ways through a product's sidecars.</summary>
internal sealed record Ways(Way OneHop, Way TwoHops, Way Authenticated)
{
    public IEnumerable<Way> All => [OneHop, TwoHops, Authenticated];
}
