namespace McpAspire.Sidecar.Resiliency;

/// <summary>Holds a request's body in memory, so that it can be sent more than once.</summary>
internal static class ReplayableBody
{
    /// <summary>False: its length is not known or too great, so it is streamed and gone after the first try.</summary>
    public static async Task<bool> TryMakeAsync(HttpRequestMessage request, long limit, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content || content.Headers.ContentLength == 0)
        {
            return true;
        }

        if (content.Headers.ContentLength is not { } length || length > limit)
        {
            return false;
        }

        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        var replayed = new ByteArrayContent(buffer.GetBuffer(), 0, (int)buffer.Length);
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            replayed.Headers.TryAddWithoutValidation(name, values);
        }

        request.Content = replayed;
        return true;
    }
}
