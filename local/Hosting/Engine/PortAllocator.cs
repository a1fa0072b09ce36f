using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Engine;

/// <summary>Gives out ports, none of them twice.</summary>
internal sealed class PortAllocator
{
    // Below the range from which systems take the ports of outgoing connections, so that none of these takes one in between.
    private const int First = 20000;
    private const int Last = 32000;
    private const int Attempts = 500;

    private readonly Dictionary<int, string> _given = [];

    /// <summary>Takes a port for someone, who is named when another wants it too.</summary>
    public void Take(int port, string owner, bool checkFree)
    {
        lock (_given)
        {
            if (_given.TryGetValue(port, out var other))
            {
                throw new DistributedApplicationException($"Port {port} of {owner} is the port of {other} too: give one of them another.");
            }

            if (checkFree && !IsFree(port))
            {
                throw new DistributedApplicationException($"Port {port} of {owner} is taken by another program: end that program, or choose another port.");
            }

            _given[port] = owner;
        }
    }

    /// <summary>Takes any free port.</summary>
    public int TakeFree(string owner)
    {
        lock (_given)
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var port = Random.Shared.Next(First, Last);
                if (!_given.ContainsKey(port) && IsFree(port))
                {
                    _given[port] = owner;
                    return port;
                }
            }
        }

        throw new DistributedApplicationException($"No free port was found between {First} and {Last} for {owner}.");
    }

    private static bool IsFree(int port)
        => CanBind(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanBind(IPAddress.IPv6Loopback, port));

    private static bool CanBind(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable)
        {
            return true; // this machine has no such loopback address
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
