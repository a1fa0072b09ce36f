namespace McpAspire.Sidecar.Invocation;

/// <summary>An app's error answer is given a Content-Length, as daprd's, unless it is too long to be held.</summary>
internal static class ErrorBody
{
    private const int MaxBuffered = 64 * 1024;

    public static async Task BufferAsync(HttpResponse response, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        var stream = await proxyResponse.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxBuffered];
        var length = 0;
        int read;
        while (length < buffer.Length && (read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
        }

        if (length < buffer.Length)
        {
            response.ContentLength = length;
            proxyResponse.Content = new ByteArrayContent(buffer, 0, length);
        }
        else
        {
            proxyResponse.Content = new StreamContent(new PrefixedStream(buffer, stream));
        }
    }
}
