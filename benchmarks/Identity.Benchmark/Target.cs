using System.Diagnostics;

namespace McpAspire.Benchmarks.Identity;

/// <summary>A server that is asked for tokens.</summary>
internal sealed record Target(string Name, ServerProcess Process, string Url) : IAsyncDisposable
{
    public static async Task<Target> StartProviderAsync(string assembly)
    {
        var provider = await RealmProvider.StartAsync(assembly);
        return new Target("identity provider, client credentials", provider.Process, provider.TokenUrl);
    }

    /// <summary>This program again, as an endpoint that does nothing but sign.</summary>
    public static async Task<Target> StartPlainAsync()
    {
        var port = ServerProcess.FreePort();
        var url = $"http://127.0.0.1:{port}/";
        var start = new ProcessStartInfo("dotnet", [typeof(Target).Assembly.Location, PlainSigner.Argument, $"{port}"]);
        return new Target("plain endpoint, one RS256 signature", await ServerProcess.StartAsync("the plain endpoint", start, url), url);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
