using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Dashboard;

/// <summary>Ports that can be bound on this machine right now.</summary>
internal static class LoopbackPort
{
    /// <summary>The wished address when its port is free, else the same address with a free port.</summary>
    public static Uri FreeOr(Uri wished)
        => wished.Port != 0 && IsFree(wished.Port) ? wished : new UriBuilder(wished) { Port = Free() }.Uri;

    /// <summary>"localhost" is both loopback addresses: the port has to be free on both.</summary>
    private static bool IsFree(int port)
        => CanBind(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanBind(IPAddress.IPv6Loopback, port));

    private static int Free()
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            socket.Close();
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool CanBind(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException exception)
        {
            // A machine without IPv6 has no such address, which takes no port away.
            return exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
        }
    }
}
