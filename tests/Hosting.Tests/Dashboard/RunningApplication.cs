using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard.Tests;

/// <summary>An application that runs until a test stops it.</summary>
internal sealed class RunningApplication : IHostApplicationLifetime, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => _stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
