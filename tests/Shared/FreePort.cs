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
    private const int First = 20_000;
    private const int Windows = 30;
    private const int WindowSize = 400;

    private static readonly Lazy<Window> _window = new(Claim);

    private static int s_taken;

    public static int Next()
    {
        for (var attempt = 1; attempt < WindowSize; attempt++)
        {
            // The first port of the window is the claim on it.
            var turn = (uint)Interlocked.Increment(ref s_taken) % (WindowSize - 1);
            var port = _window.Value.First + 1 + (int)turn;
            if (Listen(port) is { } listener)
            {
                listener.Dispose();
                return port;
            }
        }

        throw new InvalidOperationException($"None of the {WindowSize} ports of this test process is free.");
    }

    /// <summary>A window belongs to the process that listens on its first port, until that process ends.</summary>
    private static Window Claim()
    {
        for (var attempt = 0; attempt < Windows; attempt++)
        {
            var first = First + ((Environment.ProcessId + attempt) % Windows * WindowSize);
            if (Listen(first) is { } claim)
            {
                return new Window(first, claim);
            }
        }

        throw new InvalidOperationException($"All {Windows} windows of ports are taken by other test processes.");
    }

    private static TcpListener? Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    private sealed record Window(int First, TcpListener Claim);
}
