using System.ComponentModel;
using Aspire.Hosting.Dashboard.Bundle;

namespace Aspire.Hosting.Dashboard;

/// <summary>Starts the dashboard's program and waits until it answers.</summary>
internal sealed class DashboardLauncher(DashboardBundle bundle, DashboardSettings settings, string home, DashboardLog log)
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HealthPoll = TimeSpan.FromMilliseconds(50);

    public DashboardSettings Settings => settings;

    public DashboardLog Log => log;

    /// <summary>The running program, or how it ended before it was ready.</summary>
    /// <exception cref="DashboardFailure">It cannot be started, or is not ready in time.</exception>
    public async Task<(DashboardProcess? Process, DashboardExit? Exit)> StartAsync(CancellationToken cancellationToken)
    {
        var process = Start();
        using var limit = new CancellationTokenSource(ReadyLimit);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var exited = process.WaitForExitAsync(linked.Token);
            var first = await Task.WhenAny(exited, WaitUntilHealthyAsync(process, linked.Token));
            if (first == exited)
            {
                var exit = await exited;
                await process.DisposeAsync();
                return (null, exit);
            }

            await first;
            return (process, null);
        }
        catch (OperationCanceledException)
        {
            await process.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new DashboardFailure($"it is not ready after {ReadyLimit.TotalSeconds:0} s");
        }
    }

    private DashboardProcess Start()
    {
        try
        {
            return DashboardProcess.Start(bundle, settings, home, log);
        }
        catch (Win32Exception exception)
        {
            throw new DashboardFailure($"'{bundle.Executable}' cannot be started: {exception.Message}");
        }
    }

    private async Task WaitUntilHealthyAsync(DashboardProcess process, CancellationToken cancellationToken)
    {
        await process.WaitUntilListeningAsync(cancellationToken);

        // A proxy of the user's environment has no business on the loopback address.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var health = new Uri(settings.Endpoints.Frontend, "/health");
        while (!await IsHealthyAsync(client, health, cancellationToken))
        {
            await Task.Delay(HealthPoll, cancellationToken);
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, Uri health, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(health, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
