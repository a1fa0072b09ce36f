using System.Net;
using System.Net.Sockets;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Listens on 127.0.0.1 and ::1 only, on the ports of the contract, whatever ASPNETCORE_URLS says.</summary>
internal static class LoopbackListeners
{
    public static void Configure(IWebHostBuilder host, ProviderOptions options)
    {
        RequireFree("KC_HTTP_PORT", options.HttpPort);
        RequireFree("KC_HTTP_MANAGEMENT_PORT", options.ManagementPort);
        host.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Limits.MaxRequestLineSize = 32 * 1024;
            kestrel.ListenLocalhost(options.HttpPort);
            kestrel.ListenLocalhost(options.ManagementPort);
        });
    }

    /// <summary>Asks before the server does, whose own complaint is a stack trace.</summary>
    private static void RequireFree(string name, int port)
    {
        foreach (var address in (ReadOnlySpan<IPAddress>)[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            try
            {
                using var probe = new TcpListener(address, port);
                probe.Start();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                throw new StartupException(
                    $"port {port} cannot be bound ({(e.SocketErrorCode == SocketError.AccessDenied ? "not permitted" : "in use")}); set {name} to a free port.");
            }
            catch (SocketException)
            {
                // No IPv6 on this machine: 127.0.0.1 is enough.
            }
        }
    }
}
