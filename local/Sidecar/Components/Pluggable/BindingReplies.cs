using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.Components.Pluggable.Protocol;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>Brings events of one stream to the app, some at a time, and writes what it answers. Once it is to end, an event is refused.</summary>
internal sealed class BindingReplies(IClientStreamWriter<ReadRequest> answers, Func<BindingEvent, Task<BindingReply>> trigger, int maxConcurrent, CancellationToken stop) : IDisposable
{
    private readonly SemaphoreSlim _room = new(maxConcurrent);
    private readonly SemaphoreSlim _writing = new(1);

    public bool IsBusy => _room.CurrentCount < maxConcurrent;

    /// <summary>Waits while too many are with the app.</summary>
    public async Task BeginAsync(string id, BindingEvent received)
    {
        if (stop.IsCancellationRequested)
        {
            await WriteAsync(id, new BindingReply(ReadOnlyMemory<byte>.Empty, "input binding is closed"));
            return;
        }

        await _room.WaitAsync(CancellationToken.None);
        _ = HandleAsync(id, received);
    }

    /// <summary>Done when none is with the app.</summary>
    public async Task DrainedAsync()
    {
        for (var i = 0; i < maxConcurrent; i++)
        {
            await _room.WaitAsync(CancellationToken.None);
        }

        _room.Release(maxConcurrent);
    }

    public void Dispose()
    {
        _room.Dispose();
        _writing.Dispose();
    }

    private async Task HandleAsync(string id, BindingEvent received)
    {
        try
        {
            await WriteAsync(id, await trigger(received));
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException or OperationCanceledException or IOException)
        {
            // The stream has broken: the component brings it again.
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task WriteAsync(string id, BindingReply reply)
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            await answers.WriteAsync(new ReadRequest
            {
                MessageId = id,
                ResponseData = reply.IsHandled ? UnsafeByteOperations.UnsafeWrap(reply.Data) : ByteString.Empty,
                ResponseError = reply.IsHandled ? null : new AckResponseError { Message = reply.Problem },
            });
        }
        finally
        {
            _writing.Release();
        }
    }
}
