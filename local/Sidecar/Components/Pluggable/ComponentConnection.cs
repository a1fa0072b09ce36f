using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>
/// The connection to a component that is another process. A process that was started again knows nothing of its component: so a connection
/// is only made together with the call that initializes it, and everything else waits for that.
/// </summary>
internal sealed partial class ComponentConnection : IDisposable
{
    private const string Instance = "x-component-instance";
    private const int MaxMessage = 64 * 1024 * 1024;

    /// <summary>What a message has beside the body that a caller sent.</summary>
    private const int Envelope = 64 * 1024;

    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(50);

    private readonly string _socket;
    private readonly ComponentResource _component;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<ComponentConnection, CancellationToken, Task> _initialize;
    private readonly GrpcChannel _channel;
    private readonly SemaphoreSlim _initializing = new(1);
    private readonly CancellationTokenSource _closed = new();
    private volatile bool _mayConnect;
    private volatile bool _isReady;

    /// <summary>Whoever calls next does not wait for a process that has ended; only a start does for one that begins.</summary>
    private volatile bool _wasReady;
    private int _uses;

    /// <param name="socket">The file.</param>
    /// <param name="component">Its name is what the process tells its instances apart by.</param>
    /// <param name="host">Of the sidecar.</param>
    /// <param name="initialize">The calls that a process has to get first.</param>
    public ComponentConnection(string socket, ComponentResource component, EmbeddedHost host, Func<ComponentConnection, CancellationToken, Task> initialize)
    {
        (_socket, _component, _time, _initialize) = (socket, component, host.Time, initialize);
        _logger = host.Loggers.CreateLogger<ComponentConnection>();
        var handler = HttpClients.Handler();
        handler.ConnectCallback = ConnectAsync;
        handler.EnableMultipleHttp2Connections = false; // each would be another one to initialize
        handler.PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan;
        var most = (int)Math.Min(host.Options.MaxBodySize ?? MaxMessage, MaxMessage) + Envelope;
        _channel = GrpcChannel.ForAddress("http://component", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = most,
            MaxSendMessageSize = most,
            CompressionProviders = [], // a small message must not unpack to a large one
            ThrowOperationCanceledOnCancellation = true,
        });
    }

    /// <summary>For a generated client; for calls within <see cref="CallAsync"/>, after <see cref="ReadyAsync"/>, or while initializing.</summary>
    public CallInvoker Invoker => _channel.CreateCallInvoker();

    /// <summary>Cancelled when the component is no longer used.</summary>
    public CancellationToken Closed => _closed.Token;

    public string Name => _component.Name;

    public CallOptions Options(CancellationToken cancellationToken) => new(new Metadata { { Instance, _component.Name } }, cancellationToken: cancellationToken);

    /// <summary>Initializes within the component's <c>initTimeout</c>, or throws a <see cref="ResourceException"/>.</summary>
    public void Initialize()
    {
        try
        {
            // A load is one thing after the other, and has a thread of its own.
            Task.Run(() => ReadyAsync(CancellationToken.None)).GetAwaiter().GetResult();
        }
        catch (RpcException exception)
        {
            throw new ResourceException(_component.Position, $"The component '{_component.Name}' ({_component.Type}) cannot be initialized by the process behind {Path.GetFileName(_socket)}: {ComponentStatus.Text(exception)}.", exception)
            {
                Rule = ProblemRules.ComponentInit,
                AsDapr = $"[INIT_COMPONENT_FAILURE]: initialization error occurred for {_component.LogName}: {ComponentStatus.Text(exception)}",
            };
        }
    }

    public void SayInitialized() => Log.Initialized(_logger, _component.Name, _component.Type, Path.GetFileName(_socket));

    /// <summary>One call, on a connection that is initialized. Throws a <see cref="RpcException"/>, also when the process is away.</summary>
    public async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            await ReadyAsync(cancellationToken);
            using var running = call(Options(cancellationToken));
            return await running.ResponseAsync;
        }
        catch (ObjectDisposedException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the component is no longer used"));
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>It stays open, closed or not, until <see cref="Leave"/>.</summary>
    public void Enter() => Interlocked.Increment(ref _uses);

    public void Leave()
    {
        if (Interlocked.Decrement(ref _uses) == 0 && _closed.IsCancellationRequested)
        {
            _channel.Dispose();
        }
    }

    /// <summary>Done when the process is there and initialized.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        if (_isReady)
        {
            return;
        }

        await _initializing.WaitAsync(cancellationToken);
        try
        {
            if (!_isReady)
            {
                await InitializeAsync(cancellationToken);
            }
        }
        finally
        {
            _initializing.Release();
        }
    }

    /// <summary>No call begins any more; those under way are finished.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        if (Volatile.Read(ref _uses) == 0)
        {
            _channel.Dispose();
        }
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_component.InitTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken, _closed.Token);
        _mayConnect = true;
        try
        {
            await _initialize(this, linked.Token);
            _isReady = true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(_closed.IsCancellationRequested
                ? new Status(StatusCode.Unavailable, "the component is no longer used")
                : new Status(StatusCode.DeadlineExceeded, $"init timeout for component {_component.LogName}"));
        }
        finally
        {
            _mayConnect = false;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!_mayConnect)
        {
            throw new IOException("the process of the component has ended"); // the next call begins anew
        }

        while (_mayConnect)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken);
                return new WatchedStream(new NetworkStream(socket, ownsSocket: true), Lost);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && !_wasReady)
            {
                // At its start a process has made the socket and does not listen yet.
                socket.Dispose();
                await Task.Delay(_retry, _time, cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new IOException("the process of the component does not listen");
    }

    private void Lost()
    {
        _wasReady = true;
        if (_isReady)
        {
            _isReady = false;
            if (!_closed.IsCancellationRequested)
            {
                Log.Lost(_logger, _component.Name, _component.Type);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "the component '{Name}' ({Type}) is initialized by the process behind {Socket}")]
        public static partial void Initialized(ILogger logger, string name, string type, string socket);

        [LoggerMessage(2, LogLevel.Warning, "the process of the component '{Name}' ({Type}) has ended; calls of it fail until it is back")]
        public static partial void Lost(ILogger logger, string name, string type);
    }
}
