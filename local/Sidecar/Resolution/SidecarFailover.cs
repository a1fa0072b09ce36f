using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Resolution;

/// <summary>
/// Sends a call to another of an app's sidecars when the one it was meant for does not take the connection, so that
/// nothing of the call has left; and a call that a policy sends again to the next one in turn.
/// </summary>
internal sealed class SidecarFailover(HttpMessageHandler inner, RemoteSidecars sidecars) : DelegatingHandler(inner)
{
    private static readonly HttpRequestOptionsKey<bool> _isRetry = new("is-retry");

    /// <summary>The next sending of this message is one again.</summary>
    public static void Repeat(HttpRequestMessage request) => request.Options.Set(_isRetry, true);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(_isRetry, out _) && sidecars.Next(request.RequestUri!.Port, []) is { } inTurn)
        {
            request.RequestUri = ForwardTransformer.AtPort(request.RequestUri, inTurn);
        }

        List<int> refused = [];
        while (true)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError)
            {
                refused.Add(request.RequestUri!.Port);
                if (sidecars.Next(request.RequestUri.Port, refused) is not { } other)
                {
                    throw;
                }

                request.RequestUri = ForwardTransformer.AtPort(request.RequestUri, other);
            }
        }
    }
}
