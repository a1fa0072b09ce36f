using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>With <c>--enable-app-health-check</c>: probes the app, and calls to it are refused while it is not healthy.</summary>
internal sealed partial class AppHealthMonitor(SidecarOptions options, SidecarMetrics metrics, AppFeeds feeds, AppChannel channel, TimeProvider time, ILogger<AppHealthMonitor> logger)
{
    /// <summary>For the first probe of a gRPC app, which makes all that gRPC needs.</summary>
    private static readonly TimeSpan _firstConnection = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _firstHealthy = New();
    private volatile bool _isUnhealthy;
    private volatile TaskCompletionSource _unhealthy = New();

    public bool IsUnhealthy => _isUnhealthy;

    /// <summary>Whether the app's health is asked for at all.</summary>
    public bool IsEnabled => options.AppHealthCheck is not null;

    /// <summary>Done when the app has been healthy once, or its health is not asked for.</summary>
    public Task FirstHealthy => IsEnabled ? _firstHealthy.Task : Task.CompletedTask;

    /// <summary>Done when the app is not healthy, or next becomes so.</summary>
    public Task Unhealthy => _unhealthy.Task;

    public async Task RunAsync(HttpMessageInvoker http, string baseUrl, CancellationToken cancellationToken)
    {
        if (options.AppHealthCheck is not { } check)
        {
            return;
        }

        var url = new Uri($"{baseUrl}/{check.Path.TrimStart('/')}");
        var (failures, isKnown) = (0, false);
        var limit = options.IsGrpcApp && check.Timeout < _firstConnection ? _firstConnection : check.Timeout;
        Log.Starting(logger);
        while (true)
        {
            var failure = await ProbeAsync(http, url, limit, cancellationToken);
            limit = check.Timeout;
            failures = failure is null ? 0 : failures + 1;
            if (failure is null && (_isUnhealthy || !isKnown))
            {
                if (_isUnhealthy)
                {
                    _isUnhealthy = false;
                    _unhealthy = New();
                }

                isKnown = true;
                Log.Healthy(logger);
                _firstHealthy.TrySetResult();
                await feeds.StartFeedsAsync(cancellationToken);
            }
            else if (failures >= check.Threshold && !_isUnhealthy)
            {
                (_isUnhealthy, isKnown) = (true, true);
                _unhealthy.TrySetResult();
                Log.Unhealthy(logger, failure!);
                feeds.Pause();
            }

            await Task.Delay(check.Interval, time, cancellationToken);
        }
    }

    private async Task<string?> ProbeAsync(HttpMessageInvoker http, Uri url, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var started = time.GetTimestamp();
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            if (options.IsGrpcApp)
            {
                var failure = await channel.ProbeAsync(linked.Token);
                status = failure is null ? StatusCodes.Status200OK : status;
                return failure;
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation("User-Agent", HttpClients.NamelessUserAgent);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            using var response = await http.SendAsync(request, linked.Token);
            status = (int)response.StatusCode;
            return response.IsSuccessStatusCode ? null : $"Health check failed with status code: {(int)response.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "Health check timed out";
        }
        finally
        {
            if (metrics.IsEnabled)
            {
                metrics.Http.Probed(status, time.GetElapsedTime(started));
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Information, "App health probes starting")]
        public static partial void Starting(ILogger logger);

        [LoggerMessage(1, LogLevel.Information, "App entered healthy status")]
        public static partial void Healthy(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "App entered un-healthy status: {Reason}")]
        public static partial void Unhealthy(ILogger logger, string reason);
    }
}
