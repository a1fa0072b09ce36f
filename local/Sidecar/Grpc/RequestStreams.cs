using Grpc.Core;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Reads the messages of a caller, who may go away: that is no failure of this sidecar, and nothing for its log.</summary>
internal static class RequestStreams
{
    public static async Task<bool> NextAsync<T>(this IAsyncStreamReader<T> requests, CancellationToken cancellationToken)
    {
        try
        {
            return await requests.MoveNext(cancellationToken);
        }
        catch (IOException)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "context canceled"));
        }
    }
}
