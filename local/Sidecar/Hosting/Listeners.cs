using System.Net;
using System.Text;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Resolution;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace McpAspire.Sidecar.Hosting;

/// <summary>The ports of a sidecar and their limits.</summary>
internal static class Listeners
{
    public static void Configure(KestrelServerOptions kestrel, SidecarOptions options, HopConnection hops, bool withMetrics)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowAlternateSchemes = true;
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = options.MaxBodySize;
        limits.MaxRequestHeadersTotalSize = options.ReadBufferSize + 4096;
        limits.MaxRequestLineSize = options.ReadBufferSize + 4096;
        limits.MaxRequestBufferSize = Math.Max(1024 * 1024, options.ReadBufferSize + 4096);
        limits.MaxRequestHeaderCount = 1000;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.MinRequestBodyDataRate = null; // a stream may be silent
        limits.MinResponseDataRate = null;
        foreach (var address in options.ListenAddresses)
        {
            Listen(kestrel, address, options.HttpPort, CleartextHttp2.RunAsync);
            Listen(kestrel, address, options.GrpcPort, CleartextHttp2.RunAsync);
        }

        kestrel.Listen(IPAddress.Loopback, options.InternalGrpcPort, listen => Use(listen, hops.RunAsync, CleartextHttp2.RunAsync));
        if (withMetrics)
        {
            Listen(kestrel, options.MetricsListenAddress, options.MetricsPort);
        }

        if (options.PublicPort is { } publicPort)
        {
            Listen(kestrel, options.PublicListenAddress, publicPort, CleartextHttp2.RunAsync);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, string address, int port, params Func<ConnectionContext, ConnectionDelegate, Task>[] steps)
    {
        void Protocols(ListenOptions listen) => Use(listen, steps);
        if (address is "127.0.0.1" or "localhost" or "::1")
        {
            // A browser says localhost and may mean either family.
            kestrel.ListenLocalhost(port, Protocols);
        }
        else
        {
            kestrel.Listen(IPAddress.Parse(address.Trim('[', ']')), port, Protocols);
        }
    }

    private static void Use(ListenOptions listen, params Func<ConnectionContext, ConnectionDelegate, Task>[] steps)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        foreach (var step in steps)
        {
            listen.Use(next => connection => step(connection, next));
        }
    }
}
