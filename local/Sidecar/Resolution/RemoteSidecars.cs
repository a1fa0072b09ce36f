using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Resolution;

/// <summary>Finds the sidecars of other apps of this user, and calls them over connections on which both have proven who they are.</summary>
internal sealed class RemoteSidecars(RegistrationFolder folder, SidecarRegistration self, SidecarOptions options, TimeProvider time)
{
    /// <summary>How long a folder is taken as it was: a sidecar that ends meanwhile refuses the connection by itself.</summary>
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(1);

    private const int MaxRemembered = 1000;

    private readonly ConcurrentDictionary<(string AppId, string Namespace), Found> _found = new();
    private readonly ConcurrentDictionary<int, SidecarRegistration> _byPort = new();
    private HttpMessageInvoker? _client;
    private int _turn;

    /// <summary>One of the app's sidecars, in turn; null when none runs.</summary>
    public InvocationTarget? Find(string appId, string ns)
    {
        var targets = Targets(appId, ns);
        return targets.Length > 0 ? targets[Turn(targets.Length)] : null;
    }

    /// <summary>The port of the next sidecar of the app whose sidecar has this one; null when all have refused.</summary>
    public int? Next(int port, IReadOnlyCollection<int> refused)
    {
        if (!_byPort.TryGetValue(port, out var called))
        {
            return null;
        }

        if (refused.Contains(port))
        {
            _found.TryRemove((called.AppId, called.Namespace), out _); // what was found is out of date
        }

        int[] ports = [.. Targets(called.AppId, called.Namespace).Select(target => new Uri(target.BaseUrl).Port).Where(other => !refused.Contains(other))];
        int[] others = [.. ports.Where(other => other != port)];
        return others.Length > 0 ? others[Turn(others.Length)] : ports.Length > 0 ? port : null;
    }

    private int Turn(int count) => count == 1 ? 0 : (int)((uint)Interlocked.Increment(ref _turn) % (uint)count);

    private InvocationTarget[] Targets(string appId, string ns)
    {
        if (!_found.TryGetValue((appId, ns), out var found) || time.GetElapsedTime(found.At) > _fresh)
        {
            found = new Found(time.GetTimestamp(), [.. folder.Find(appId, ns).Where(registration => registration.Instance != self.Instance).Select(Target)]);
            if (found.Targets.Length > 0 || _found.Count < MaxRemembered)
            {
                _found[(appId, ns)] = found;
            }
        }

        return found.Targets;
    }

    private InvocationTarget Target(SidecarRegistration registration)
    {
        _byPort[registration.Port] = registration;
        return new InvocationTarget
        {
            BaseUrl = $"http://127.0.0.1:{registration.Port}",
            Client = LazyInitializer.EnsureInitialized(ref _client, () => HttpClients.ForForwarding(options, connect: ConnectAsync, around: handler => new SidecarFailover(handler, this))),
            IsSidecar = true,
        };
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var called = _byPort[context.DnsEndPoint.Port];
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, called.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            await HopHandshake.CallAsync(stream, self, called, cancellationToken);
            return stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed record Found(long At, InvocationTarget[] Targets);
}
