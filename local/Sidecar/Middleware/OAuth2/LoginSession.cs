using System.Collections.Concurrent;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>One browser's session. Several oauth2 components of a sidecar share its cookie, not its tokens.</summary>
internal sealed class LoginSession
{
    private readonly ConcurrentDictionary<string, LoginState> _states;

    public LoginSession(DateTimeOffset expiresAt)
        : this(expiresAt, [])
    {
    }

    private LoginSession(DateTimeOffset expiresAt, IEnumerable<KeyValuePair<string, LoginState>> states)
        => (ExpiresAt, _states) = (expiresAt, new ConcurrentDictionary<string, LoginState>(states, StringComparer.Ordinal));

    public DateTimeOffset ExpiresAt { get; }

    public bool IsSignedIn => _states.Values.Any(state => state.Token is not null);

    /// <summary>Of the logins under way, about.</summary>
    public long Size => _states.Values.Sum(state => state.Size);

    /// <param name="login">See <see cref="OAuth2Settings.LoginId"/>.</param>
    public LoginState For(string login) => _states.GetOrAdd(login, static _ => new LoginState());

    /// <summary>
    /// The session that follows this one: whoever else still has this one, a call under way or another login that ends in the
    /// same moment, does not see the new token.
    /// </summary>
    public LoginSession SignedIn(string login, UserToken token)
        => new(ExpiresAt, _states.Where(pair => pair.Key != login).Append(KeyValuePair.Create(login, For(login).SignedIn(token))));
}
