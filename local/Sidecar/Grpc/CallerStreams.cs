using Grpc.Core;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Messages from and to a caller, who may go away: that is no failure of this sidecar, and nothing for its log.</summary>
internal static class CallerStreams
{
    public static async Task<bool> NextAsync<T>(this IAsyncStreamReader<T> requests, CancellationToken cancellationToken)
    {
        try
        {
            return await requests.MoveNext(cancellationToken);
        }
        catch (IOException)
        {
            throw Gone();
        }
    }

    public static async Task SendAsync<T>(this IServerStreamWriter<T> responses, T message, CancellationToken cancellationToken)
    {
        try
        {
            await responses.WriteAsync(message, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or IndexOutOfRangeException)
        {
            // The server says so in one of these ways: it may have no room left for a message while it ends the stream.
            throw Gone();
        }
    }

    private static RpcException Gone() => new(new Status(StatusCode.Cancelled, "context canceled"));
}
