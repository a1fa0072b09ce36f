using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.Components.Pluggable.Protocol;
using McpAspire.Sidecar.Invocation;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>Events of another process, on a stream that is opened again when it breaks; what the app answers to each goes back.</summary>
internal sealed partial class PluggableInputBinding(ComponentConnection connection, InputRoute route, TimeProvider time, ILogger logger) : IInputBinding
{
    private const int MaxConcurrent = 16;

    /// <summary>So long the component has to take the last answer, as in Dapr.</summary>
    private static readonly TimeSpan _linger = TimeSpan.FromMilliseconds(400);

    /// <summary>Names of metadata that would say of a call to the app who makes it, or what it is.</summary>
    private static readonly string[] _notHeaders = ["authorization", "cookie", "expect", "forwarded", "host", "traceparent", "tracestate", "baggage"];
    private static readonly string[] _notPrefixes = ["content-", "dapr-", "grpc-", "proxy-", "x-forwarded-"];

    public IReadOnlyList<string> Capabilities { get; } = ["INPUT_BINDING"];

    public InputRoute Route => route;

    public async Task RunAsync(Func<BindingEvent, Task<BindingReply>> trigger, CancellationToken cancellationToken)
    {
        var reopening = new Reopening();
        connection.Enter();
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    await connection.ReadyAsync(cancellationToken);
                    await ReadAsync(trigger, reopening, cancellationToken);
                }
                catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
                {
                    Log.Broken(logger, reopening.IsNew ? LogLevel.Error : LogLevel.Debug, connection.Name, ComponentStatus.Text(exception));
                }

                await Task.Delay(reopening.Next(), time, cancellationToken);
            }
        }
        finally
        {
            connection.Leave();
        }
    }

    public void Dispose() => connection.Dispose();

    private async Task ReadAsync(Func<BindingEvent, Task<BindingReply>> trigger, Reopening reopening, CancellationToken stop)
    {
        using var cut = new CancellationTokenSource();
        using var call = new InputBinding.InputBindingClient(connection.Invoker).Read(connection.Options(cut.Token));
        using var replies = new BindingReplies(call.RequestStream, trigger, MaxConcurrent, stop);
        var reading = ReadAllAsync(call.ResponseStream, replies, reopening);
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, stop);
        if (await Task.WhenAny(reading, stopping) == stopping)
        {
            var wasBusy = replies.IsBusy;
            await replies.DrainedAsync();
            if (wasBusy)
            {
                await Task.Delay(_linger, time, CancellationToken.None);
            }

            cut.Cancel();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        await replies.DrainedAsync();
        await reading;
    }

    private static async Task ReadAllAsync(IAsyncStreamReader<ReadResponse> events, BindingReplies replies, Reopening reopening)
    {
        while (await events.MoveNext(CancellationToken.None))
        {
            reopening.Reset();
            var received = events.Current;
            await replies.BeginAsync(received.MessageId, new BindingEvent(received.Data.ToByteArray(), [.. received.Metadata.Where(IsHeader)]));
        }
    }

    private static bool IsHeader(KeyValuePair<string, string> pair)
        => HeaderText.IsName(pair.Key) && HeaderText.IsValue(pair.Value) && !HopByHopHeaders.Contains(pair.Key)
           && !_notHeaders.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)
           && !_notPrefixes.Any(prefix => pair.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "failed to receive binding message of '{Name}': {Problem}. The stream is opened again.")]
        public static partial void Broken(ILogger logger, LogLevel level, string name, string problem);
    }
}
