namespace McpAspire.Sidecar.Middleware.Tokens;

/// <summary>No token could be had. The message names the reason, never the request or the answer.</summary>
internal sealed class TokenRequestException(string message, bool isRefusal, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The provider answered and said no; otherwise it could not be reached or did not make sense.</summary>
    public bool IsRefusal { get; } = isRefusal;

    /// <summary>The provider does not accept how the client proved itself.</summary>
    public bool ClientIsUnknown { get; init; }
}
