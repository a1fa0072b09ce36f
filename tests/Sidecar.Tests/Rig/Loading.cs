using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>Loads resources as a start does, without listening.</summary>
internal static class Loading
{
    public static RuntimeSnapshot Load(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var variables = environment ?? new Dictionary<string, string>();
        string? Variable(string name) => variables.GetValueOrDefault(name);
        var options = new SidecarOptionsReader(ParsedArguments.Parse(arguments), Variable, asDaprRun: false).Read();
        var resources = ResourceLoader.Load(options);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<Microsoft.Extensions.Hosting.IHostApplicationLifetime, NoLifetime>();
        services.AddSidecar(options, Task.FromResult(resources), Variable);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<SidecarRuntime>().Load(resources);
    }

    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
