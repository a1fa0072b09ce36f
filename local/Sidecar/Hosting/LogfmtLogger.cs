using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Telemetry;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Log lines in daprd's format, on standard output.</summary>
internal sealed class LogfmtLoggerProvider(SidecarOptions options, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();
    private readonly LogFormat _format = new(options.AppId, options.LogAsJson);

    public ILogger CreateLogger(string categoryName) => new Logger(this, Scope(categoryName));

    public void Dispose()
    {
    }

    private static string Scope(string category)
        => category.StartsWith("dapr.", StringComparison.Ordinal) ? category
            : category.StartsWith("McpAspire.Sidecar.", StringComparison.Ordinal) ? "dapr.runtime" + category["McpAspire.Sidecar".Length..category.LastIndexOf('.')].ToLowerInvariant()
            : category;

    private void Write(LogLevel level, string scope, string message, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        var line = _format.Line(time.GetUtcNow(), level, scope, message, fields);
        lock (_lock)
        {
            Console.Out.WriteLine(line);
        }
    }

    private sealed class Logger(LogfmtLoggerProvider provider, string scope) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            IReadOnlyList<KeyValuePair<string, object?>> fields = scope == ApiLog.Category && state is IReadOnlyList<KeyValuePair<string, object?>> values
                ? [.. values.Where(value => value.Key != "{OriginalFormat}" && value.Value is not "")]
                : [];
            provider.Write(logLevel, scope, exception is null ? message : $"{message}: {exception.GetType().Name}: {exception.Message}", fields);
        }
    }
}
