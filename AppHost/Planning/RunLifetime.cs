using Microsoft.Extensions.Hosting;

namespace McpAspire.AppHost;

/// <summary>Gives ports and files back when the host is disposed, after every child has ended.</summary>
internal sealed class RunLifetime(PortPlanner ports, RunFolder folder) : IHostedService, IDisposable
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        ports.Dispose();
        folder.Dispose();
    }
}
