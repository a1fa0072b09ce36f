using System.Collections.Concurrent;
using System.Diagnostics;
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
    private const int Windows = 20;
    private const int WindowSize = 600;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly Lazy<Window> _window = new(Claim);

    private static readonly ConcurrentDictionary<int, bool> _kept = new();

    private static int s_taken;

    /// <summary>One that does not come again before it is let go: for a server that is started on it time and again.</summary>
    public static int Keep()
    {
        while (true)
        {
            var port = Next();
            if (_kept.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    public static void LetGo(int port) => _kept.TryRemove(port, out _);

    public static int Next()
    {
        for (var attempt = 1; attempt < WindowSize; attempt++)
        {
            // The first port of the window is the claim on it.
            var turn = (uint)Interlocked.Increment(ref s_taken) % (WindowSize - 1);
            var port = _window.Value.First + 1 + (int)turn;
            if (!_kept.ContainsKey(port) && !IsListening(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"None of the {WindowSize} ports of this test process is free.");
    }

    /// <summary>
    /// Listens on <paramref name="port"/>. A socket that was just closed may live on for a moment in a child process that
    /// was forked before and has not executed its program yet.
    /// </summary>
    public static TcpListener Listen(int port)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return TryListen(port);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && patience.Elapsed < _patience)
            {
                Thread.Sleep(10);
            }
        }
    }

    /// <summary>Asked by a connection, since a listener of our own could be what stands in the way of the port's user (see <see cref="Listen"/>).</summary>
    private static bool IsListening(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A window belongs to the process that listens on its first port, until that process ends.</summary>
    private static Window Claim()
    {
        for (var attempt = 0; attempt < Windows; attempt++)
        {
            var first = First + ((Environment.ProcessId + attempt) % Windows * WindowSize);
            try
            {
                return new Window(first, TryListen(first));
            }
            catch (SocketException)
            {
                // Another test process has it.
            }
        }

        throw new InvalidOperationException($"All {Windows} windows of ports are taken by other test processes.");
    }

    private static TcpListener TryListen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private sealed record Window(int First, TcpListener Claim);
}
