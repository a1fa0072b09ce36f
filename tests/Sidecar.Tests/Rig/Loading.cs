using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging.Abstractions;

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
        using var lifetime = new SidecarLifetime(TimeProvider.System);
        var parts = SidecarParts.CreateAsync(options, Task.FromResult(resources.Configuration), Variable, lifetime, NullLoggerFactory.Instance);
        return parts.GetAwaiter().GetResult().Runtime.Load(resources);
    }
}
