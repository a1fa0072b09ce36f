namespace McpAspire.Sidecar.Invocation;

/// <summary>
/// Keeps the client from sending a call again by itself when a kept connection ends without an answer: it does so with a
/// call without a body, whatever its verb, and the app may have acted on the first one. A body, even an empty one, stops it.
/// </summary>
internal sealed class SendOnceHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null && !IsSafe(request.Method))
        {
            request.Content = new ByteArrayContent([]);
        }

        return base.SendAsync(request, cancellationToken);
    }

    /// <summary>Go's client, daprd's, repeats these too.</summary>
    private static bool IsSafe(HttpMethod method)
        => method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options || method == HttpMethod.Trace;
}
