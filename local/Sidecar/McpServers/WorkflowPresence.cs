using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.McpServers;

/// <summary>Says, in daprd's words, when there are workflows to run and when there are none any more.</summary>
internal sealed partial class WorkflowPresence(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("dapr.runtime.wfengine");
    private int _servers;

    public void Add()
    {
        if (Interlocked.Increment(ref _servers) == 1)
        {
            Log.Begun(_logger);
        }
    }

    public void Remove()
    {
        if (Interlocked.Decrement(ref _servers) == 0)
        {
            Log.Over(_logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Registering workflow actors for internal workflows")]
        public static partial void Begun(ILogger logger);

        [LoggerMessage(2, LogLevel.Debug, "Unregistering workflow actors")]
        public static partial void Over(ILogger logger);
    }
}
