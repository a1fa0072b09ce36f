using System.Net;
using System.Text;
using McpAspire.Sidecar.CommandLine;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace McpAspire.Sidecar.Hosting;

/// <summary>The ports of a sidecar and their limits.</summary>
internal static class Listeners
{
    public static void Configure(KestrelServerOptions kestrel, SidecarOptions options)
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
            Listen(kestrel, address, options.HttpPort, HttpProtocols.Http1);
            Listen(kestrel, address, options.GrpcPort, HttpProtocols.Http2);
        }

        if (options.PublicPort is { } publicPort)
        {
            Listen(kestrel, options.PublicListenAddress, publicPort, HttpProtocols.Http1);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, string address, int port, HttpProtocols protocols)
    {
        void Protocols(ListenOptions listen) => listen.Protocols = protocols;
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
}
