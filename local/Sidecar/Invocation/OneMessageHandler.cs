namespace McpAspire.Sidecar.Invocation;

/// <summary>
/// Keeps a call one call (RFC 9112, 11.1): a line break in a value that did not come in a header, such as a field of a message or of
/// an event, would begin a header or a whole request of its own, past every handler. The client does not look for it.
/// </summary>
internal sealed class OneMessageHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => request.RequestUri!.PathAndQuery.AsSpan().ContainsAnyInRange('\0', ' ') || BreaksLine(request.Headers) || (request.Content is { } content && BreaksLine(content.Headers))
            ? throw new HttpRequestException("a header or the URL of the call has a character that is not allowed in it")
            : base.SendAsync(request, cancellationToken);

    private static bool BreaksLine(System.Net.Http.Headers.HttpHeaders headers)
    {
        foreach (var (_, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                if (value.AsSpan().ContainsAny('\r', '\n', '\0'))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
