namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>What one session knows for one oauth2 component: logins under way, the token, and scopes asked for.</summary>
internal sealed class LoginState
{
    /// <summary>As many tabs as a person may open; the oldest makes room.</summary>
    private const int MaxPending = 16;

    /// <summary>As many sets of scopes as an app may ask for in one session.</summary>
    private const int MaxScopes = 100;

    private readonly Lock _lock = new();
    private readonly List<PendingLogin> _pending = [];
    private readonly HashSet<string> _scopesAsked = new(StringComparer.Ordinal);
    private UserToken? _token;
    private Task<UserToken?>? _refresh;

    public UserToken? Token => Volatile.Read(ref _token);

    /// <summary>Of the logins under way, about.</summary>
    public long Size
    {
        get
        {
            lock (_lock)
            {
                return _pending.Sum(login => login.Size);
            }
        }
    }

    /// <summary>The same with another token.</summary>
    public LoginState SignedIn(UserToken token)
    {
        var state = new LoginState { _token = token };
        lock (_lock)
        {
            state._pending.AddRange(_pending);
            state._scopesAsked.UnionWith(_scopesAsked);
        }

        return state;
    }

    /// <summary>Takes the place of a token that it renews.</summary>
    public void Renew(UserToken token) => Volatile.Write(ref _token, token);

    /// <summary>Forgets <paramref name="token"/>, unless another one has taken its place.</summary>
    public void Forget(UserToken token) => Interlocked.CompareExchange(ref _token, null, token);

    public void Begin(PendingLogin login)
    {
        lock (_lock)
        {
            if (_pending.Count == MaxPending)
            {
                _pending.RemoveAt(0);
            }

            _pending.Add(login);
        }
    }

    /// <summary>The login with this state, once: a second callback with the same state finds nothing.</summary>
    public PendingLogin? Take(string state, DateTimeOffset now)
    {
        lock (_lock)
        {
            var index = _pending.FindIndex(login => login.State == state);
            if (index < 0)
            {
                return null;
            }

            var login = _pending[index];
            _pending.RemoveAt(index);
            return login.ExpiresAt > now ? login : null;
        }
    }

    /// <summary>True the first time this set of scopes is asked for.</summary>
    public bool MayAskFor(string scope)
    {
        lock (_lock)
        {
            return _scopesAsked.Count < MaxScopes && _scopesAsked.Add(scope);
        }
    }

    /// <summary>One renewal at a time; calls that find the token due meanwhile wait for it.</summary>
    public Task<UserToken?> RenewAsync(Func<Task<UserToken?>> renew)
    {
        lock (_lock)
        {
            return _refresh ??= RunAsync(renew);
        }
    }

    private async Task<UserToken?> RunAsync(Func<Task<UserToken?>> renew)
    {
        await Task.Yield();
        try
        {
            return await renew();
        }
        finally
        {
            lock (_lock)
            {
                _refresh = null;
            }
        }
    }
}
