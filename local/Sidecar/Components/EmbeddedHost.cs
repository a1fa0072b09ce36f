using McpAspire.Sidecar.CommandLine;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Components;

/// <summary>What an embedded component can use of the sidecar that it runs in.</summary>
internal sealed record EmbeddedHost(SidecarOptions Options, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>Whether a component is only looked at: nothing outside is touched.</summary>
    public bool IsCheck { get; init; }
}
