using System.Collections.Concurrent;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>One browser's session. Several oauth2 components of a sidecar share its cookie, not its tokens.</summary>
internal sealed class LoginSession(DateTimeOffset expiresAt)
{
    private readonly ConcurrentDictionary<string, LoginState> _states = new(StringComparer.Ordinal);

    public DateTimeOffset ExpiresAt { get; } = expiresAt;

    public bool IsSignedIn => _states.Values.Any(state => state.Token is not null);

    public LoginState For(string component) => _states.GetOrAdd(component, static _ => new LoginState());
}
