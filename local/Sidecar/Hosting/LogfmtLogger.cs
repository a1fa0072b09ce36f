using System.Text;
using System.Text.Json;
using McpAspire.Sidecar.CommandLine;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Log lines in daprd's format, on standard output.</summary>
internal sealed class LogfmtLoggerProvider(SidecarOptions options, TimeProvider time) : ILoggerProvider
{
    private static readonly string _host = Environment.MachineName;

    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, Scope(categoryName));

    public void Dispose()
    {
    }

    private static string Scope(string category)
        => category.StartsWith("dapr.", StringComparison.Ordinal) ? category
            : category.StartsWith("McpAspire.Sidecar.", StringComparison.Ordinal) ? "dapr.runtime" + category["McpAspire.Sidecar".Length..category.LastIndexOf('.')].ToLowerInvariant()
            : category;

    private void Write(LogLevel level, string scope, string message)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var line = options.LogAsJson
            ? $"{{\"app_id\":{Json(options.AppId)},\"instance\":{Json(_host)},\"level\":\"{Name(level)}\",\"msg\":{Json(message)},\"scope\":{Json(scope)},\"time\":\"{now}\",\"type\":\"log\",\"ver\":\"unknown\"}}"
            : $"time=\"{now}\" level={Name(level)} msg={Quoted(message)} app_id={options.AppId} instance={_host} scope={scope} type=log ver=unknown";
        lock (_lock)
        {
            Console.Out.WriteLine(line);
        }
    }

    private static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    /// <summary>One line whatever the text holds: a caller's path must not write lines of its own.</summary>
    private static string Quoted(string text)
    {
        var builder = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
        {
            switch (character)
            {
                case '"' or '\\':
                    builder.Append('\\').Append(character);
                    break;
                case '\n':
                    builder.Append("\\n");
                    break;
                case < ' ' or '\x7f':
                    builder.Append(' ');
                    break;
                default:
                    builder.Append(character);
                    break;
            }
        }

        return builder.Append('"').ToString();
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private sealed class Logger(LogfmtLoggerProvider provider, string scope) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            provider.Write(logLevel, scope, exception is null ? message : $"{message}: {exception.GetType().Name}: {exception.Message}");
        }
    }
}
