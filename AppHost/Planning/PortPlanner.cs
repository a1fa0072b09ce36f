using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace McpAspire.AppHost;

/// <summary>
/// Chooses the ports of a run: the default where it is free, another where it is taken, all free ones on request.
/// A lock file a port keeps two stacks that start at the same moment apart.
/// </summary>
internal sealed class PortPlanner(bool onlyFreePorts, string lockFolder, Action<string> say) : IDisposable
{
    // Below the range from which the system picks outgoing ports, so that no connection takes one in between.
    private const int FirstFree = 20000;
    private const int LastFree = 32000;
    private const int Attempts = 200;

    private readonly List<FileStream> _locks = [];

    /// <summary>Default ports and what was chosen for them; addresses in files are rewritten by this map.</summary>
    public Dictionary<int, int> Chosen { get; } = [];

    /// <summary>The default port, or another when it is taken (which is said).</summary>
    public int Take(string what, int defaultPort)
    {
        if (!onlyFreePorts && TryReserve(defaultPort))
        {
            return Chosen[defaultPort] = defaultPort;
        }

        var port = TakeFree(what);
        if (!onlyFreePorts)
        {
            say($"{what}: port {defaultPort} is taken, using {port}");
        }

        return Chosen[defaultPort] = port;
    }

    /// <summary>Any free port, for what nobody needs to remember.</summary>
    public int TakeFree(string what)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(FirstFree, LastFree);
            if (TryReserve(port))
            {
                return port;
            }
        }

        throw new DistributedApplicationException(
            $"No free port between {FirstFree} and {LastFree} was found for {what} in {Attempts} tries. End other programs that listen there.");
    }

    public void Dispose()
    {
        foreach (var file in _locks)
        {
            file.Dispose();
        }

        _locks.Clear();
    }

    private bool TryReserve(int port)
    {
        FileStream? file = null;
        try
        {
            var path = Path.Combine(lockFolder, port.ToString(CultureInfo.InvariantCulture));
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            if (IsFree(IPAddress.Loopback, port) && IsFree(IPAddress.Any, port) && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Loopback, port)))
            {
                _locks.Add(file);
                file = null;
                return true;
            }

            return false;
        }
        catch (IOException)
        {
            return false; // another stack holds it
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.ExclusiveAddressUse = true;
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
        catch (SocketException)
        {
            return true; // an address family that this machine does not have
        }
    }
}
