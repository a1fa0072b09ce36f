using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace McpAspire.Sidecar.Hosting;

/// <summary>SIGINT, SIGTERM and SIGQUIT begin the shutdown sequence; the framework's own lifetime would go past it.</summary>
internal sealed class SignalLifetime(ShutdownSequence shutdown) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Begin));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Begin(PosixSignalContext context)
    {
        context.Cancel = true;
        shutdown.Begin();
    }
}
