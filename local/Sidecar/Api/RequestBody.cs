namespace McpAspire.Sidecar.Api;

/// <summary>The whole body of a request to the API; no more than <c>--max-body-size</c> of it is read.</summary>
internal static class RequestBody
{
    private const int FirstSize = 4096;
    private const int MaxKnownSize = 1024 * 1024;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // A length is a claim: memory for more is taken when it comes.
        var known = (int)Math.Min(request.ContentLength ?? FirstSize, MaxKnownSize);
        var buffer = new byte[known + 1];
        var length = 0;
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            length += read;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
