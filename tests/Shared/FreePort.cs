using System.Net;
using System.Net.Sockets;

namespace McpAspire.Testing;

/// <summary>
/// Ports of the loopback address on which nobody listens. Each test process has a window of its own, below the range from
/// which the system takes ports by itself, and goes through it in turn: the same port never comes twice in a row, and no
/// other test project's server answers on it.
/// </summary>
internal static class FreePort
{
    private const int First = 10_000;
    private const int Windows = 64;
    private const int WindowSize = 150;

    private static int s_taken;

    public static int Next()
    {
        for (var attempt = 0; attempt < WindowSize; attempt++)
        {
            var turn = (uint)Interlocked.Increment(ref s_taken) % WindowSize;
            var port = First + (Environment.ProcessId % Windows * WindowSize) + (int)turn;
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"None of the {WindowSize} ports of this test process is free.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
