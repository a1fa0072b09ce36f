using McpAspire.Sidecar.CommandLine;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Our own log; of the framework only what went wrong, and nothing that repeats a request.</summary>
internal static class SidecarLog
{
    public static ILoggerFactory Create(SidecarOptions options) => new LoggerFactory(
        [new LogfmtLoggerProvider(options, TimeProvider.System)],
        new LoggerFilterOptions
        {
            MinLevel = options.LogLevel,
            Rules = { From("Microsoft", LogLevel.Error), From("Yarp", LogLevel.None), From("Grpc", LogLevel.Error) },
        });

    private static LoggerFilterRule From(string category, LogLevel least) => new(providerName: null, category, least, filter: null);
}
