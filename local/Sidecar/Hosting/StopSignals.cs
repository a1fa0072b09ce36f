using System.Runtime.InteropServices;

namespace McpAspire.Sidecar.Hosting;

/// <summary>SIGINT, SIGTERM and SIGQUIT begin the shutdown sequence for as long as this lives.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly ShutdownSequence _shutdown;
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(ShutdownSequence shutdown)
    {
        _shutdown = shutdown;
        _registrations = [On(PosixSignal.SIGINT), On(PosixSignal.SIGTERM), On(PosixSignal.SIGQUIT)];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private PosixSignalRegistration On(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _shutdown.Begin();
    });
}
