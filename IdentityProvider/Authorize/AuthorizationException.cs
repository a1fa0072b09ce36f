namespace McpAspire.IdentityProvider.Authorize;

/// <summary>An error that goes back to the client, whose redirect URI is known to be its own.</summary>
internal sealed class AuthorizationException(AuthorizationRequest request, string error, string? description) : Exception(error)
{
    public AuthorizationRequest Request { get; } = request;

    public string Error { get; } = error;

    public string? Description { get; } = description;
}

/// <summary>An error that is shown to the person: there is nobody it could safely be sent to.</summary>
internal sealed class PageException(string message) : Exception(message);
