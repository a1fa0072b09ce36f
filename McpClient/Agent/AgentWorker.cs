using System.Diagnostics;
using McpAspire.Client.Sidecar;
using OpenTelemetry;

namespace McpAspire.Client.Agent;

/// <summary>Runs the triage on a schedule: at once, then every interval; after a failure sooner, but ever more slowly.</summary>
internal sealed partial class AgentWorker(
    TriageRun triage, McpConnector connector, AgentOptions options, AgentStatus status, TimeProvider time, ILogger<AgentWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);

    // While the stack starts, everybody waits for the agent's first call.
    private static readonly TimeSpan LongestStartRetry = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the web host must not wait for the first run
        try
        {
            await WaitForSidecarAsync(stoppingToken);
            while (true)
            {
                var succeeded = await RunOnceAsync(stoppingToken);
                var pause = succeeded ? options.Interval : RetryDelay(status.Report.FailedRunsInARow);
                await Task.Delay(pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process, also of one whose port was taken: nothing to report.
        }
    }

    /// <summary>A sidecar that is still starting is no failure: any HTTP answer ends the wait.</summary>
    private async Task WaitForSidecarAsync(CancellationToken stoppingToken)
    {
        using var http = connector.CreateRawHttpClient(sessionValue: null);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var untraced = SuppressInstrumentationScope.Begin();
                using var response = await http.GetAsync(connector.Options.HealthEndpoint, HttpCompletionOption.ResponseHeadersRead, stoppingToken);
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !stoppingToken.IsCancellationRequested)
            {
                status.Waiting($"No sidecar answers at {connector.Options.Endpoint.GetLeftPart(UriPartial.Authority)} yet.");
                if (attempt == 1)
                {
                    LogWaiting(connector.Options.Endpoint);
                }
            }

            await Task.Delay(RetryDelay(attempt), time, stoppingToken);
        }
    }

    private async Task<bool> RunOnceAsync(CancellationToken stoppingToken)
    {
        Activity.Current = null;
        using var activity = AgentTelemetry.Source.StartActivity("agent run");
        using var limit = new CancellationTokenSource(options.RunTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, limit.Token);
        try
        {
            var result = await triage.RunAsync(linked.Token);
            status.Succeeded(result, time.GetUtcNow());
            activity?.SetTag("agent.tickets.open", result.Open).SetTag("agent.tickets.commented", result.Commented);
            AgentTelemetry.Runs.Add(1, new KeyValuePair<string, object?>("outcome", "ok"));
            AgentTelemetry.Comments.Add(result.Commented);
            return true;
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(stoppingToken);
        }
        catch (Exception exception)
        {
            var reason = limit.IsCancellationRequested
                ? $"The run took longer than {options.RunTimeout.TotalSeconds:0.#} s and was given up."
                : CallFailure.Of(exception)?.Message ?? exception.Message;
            status.Failed(reason, time.GetUtcNow());
            activity?.SetStatus(ActivityStatusCode.Error, reason);
            AgentTelemetry.Runs.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
            LogFailed(reason);
            return false;
        }
    }

    private TimeSpan RetryDelay(int failures)
    {
        var delay = FirstRetry * Math.Pow(2, Math.Min(failures - 1, 10));
        var longest = status.Report.FirstAuthorisedCall is null && LongestStartRetry < options.Interval ? LongestStartRetry : options.Interval;
        return delay < longest ? delay : longest;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for the sidecar at {Sidecar}")]
    private partial void LogWaiting(Uri sidecar);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run failed: {Reason}")]
    private partial void LogFailed(string reason);
}
