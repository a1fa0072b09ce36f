using System.Net.Http.Headers;

namespace McpAspire.Sidecar.Middleware.Tokens;

/// <summary>The token on a call that is about to be sent again.</summary>
internal static class SentToken
{
    /// <summary>Only where the earlier one stands: what an HTTPEndpoint or another handler has put there since is theirs.</summary>
    public static void Replace(HttpRequestMessage message, string header, string earlier, string current)
    {
        if (earlier != current && message.Headers.NonValidated.TryGetValues(header, out HeaderStringValues sent) && sent.Count == 1 && sent.ToString() == earlier)
        {
            message.Headers.Remove(header);
            message.Headers.TryAddWithoutValidation(header, current);
        }
    }
}
