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

    public WebServer(ILoggerFactory loggers)
    {
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        _server = new KestrelServer(Options.Create(new KestrelServerOptions { ApplicationServices = new NoServices() }), transport, loggers);
    }

    /// <summary>Limits and ports; only before the start.</summary>
    public KestrelServerOptions Settings => _server.Options;

    public Task StartAsync(RequestDelegate handle) => _server.StartAsync(new ServerApplication(handle), CancellationToken.None);

    /// <summary>Accepts nothing more; connections that are still busy after that time are aborted.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        await _server.StopAsync(limit.Token);
    }

    public void Dispose() => _server.Dispose();

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
