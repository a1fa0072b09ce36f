using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>One line a call with <c>--enable-api-logging</c> or <c>spec.logging.apiLogging</c>. No query, no header but the user agent.</summary>
internal sealed partial class ApiLog(SidecarOptions options, ILoggerFactory loggers)
{
    public const string Category = "dapr.runtime.http-info";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    public bool IsEnabled(SidecarRequest request)
    {
        var settings = request.Runtime.Configuration.ApiLogging;
        return (options.EnableApiLogging ?? settings.IsEnabled)
               && !(settings.OmitsHealthChecks && request.Path.StartsWith("/v1.0/healthz", StringComparison.Ordinal));
    }

    public void Write(SidecarRequest request, TimeSpan elapsed)
    {
        var http = request.Http;
        var method = request.Runtime.Configuration.ApiLogging.ObfuscatesUrls && request.AppId.Length > 0
            ? $"InvokeService/{request.AppId}"
            : $"{http.Request.Method} {ByteString.ToText(request.Path)}";
        Called(_logger, http.Response.StatusCode, (long)elapsed.TotalMilliseconds, method, request.AnswerBytes, http.Request.Headers.UserAgent.ToString());
    }

#pragma warning disable SYSLIB1015 // The fields are written beside the message, as daprd does.
    [LoggerMessage(1, LogLevel.Information, "HTTP API Called")]
    private static partial void Called(ILogger logger, int code, long duration, string method, long size, string useragent);
#pragma warning restore SYSLIB1015
}
