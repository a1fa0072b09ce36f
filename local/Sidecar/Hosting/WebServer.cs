using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// Kestrel without a host around it. A sidecar has no settings files, no environments and no services that come and go;
/// a host would take as long to start as everything else, and memory for as long as it runs.
/// </summary>
internal sealed class WebServer : IDisposable
{
    private readonly KestrelServer _server;
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WebServer(ILoggerFactory loggers)
    {
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        _server = new KestrelServer(Options.Create(new KestrelServerOptions { ApplicationServices = new NoServices() }), new ClosedAtFirst(transport, _open.Task), loggers);
    }

    /// <summary>Limits and ports; only before the start.</summary>
    public KestrelServerOptions Settings => _server.Options;

    /// <summary>Takes its ports. Who calls waits until it is opened.</summary>
    public Task StartAsync(RequestDelegate handle) => _server.StartAsync(new ServerApplication(handle), CancellationToken.None);

    /// <summary>Accepts connections from now on.</summary>
    public void Open() => _open.SetResult();

    /// <summary>Accepts nothing more; connections that are still busy after that time are aborted.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        await _server.StopAsync(limit.Token);
    }

    public void Dispose() => _server.Dispose();

    /// <summary>Sockets that are bound, and accept nothing until <paramref name="open"/>.</summary>
    private sealed class ClosedAtFirst(IConnectionListenerFactory transport, Task open) : IConnectionListenerFactory
    {
        public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
            => new Listener(await transport.BindAsync(endpoint, cancellationToken), open);

        private sealed class Listener(IConnectionListener inner, Task open) : IConnectionListener
        {
            private readonly CancellationTokenSource _unbound = new();

            public EndPoint EndPoint => inner.EndPoint;

            public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
            {
                if (!open.IsCompleted)
                {
                    await open.WaitAsync(_unbound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                return open.IsCompleted ? await inner.AcceptAsync(cancellationToken) : null; // null: ended before it was opened
            }

            public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
            {
                await _unbound.CancelAsync();
                await inner.UnbindAsync(cancellationToken);
            }

            public ValueTask DisposeAsync()
            {
                _unbound.Dispose();
                return inner.DisposeAsync();
            }
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
