using McpAspire.Sidecar.Middleware.Tokens;

namespace McpAspire.Sidecar.Middleware.ClientCredentials;

/// <summary>The current service token. However many calls find it expired, one request is made, and all of them wait for that one.</summary>
internal sealed class ServiceTokenSource(TokenClient client, IReadOnlyDictionary<string, string> parameters, TimeProvider time)
{
    /// <summary>A refusal is not put down to a token that is newer: a target that refuses every token must not be a token request a call.</summary>
    private static readonly TimeSpan _presumedGood = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private CachedToken? _current;
    private Task<CachedToken>? _inFlight;

    public ValueTask<CachedToken> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _current) is { } current && current.IsUsable(time.GetUtcNow()))
        {
            return new ValueTask<CachedToken>(current);
        }

        Task<CachedToken> flight;
        lock (_lock)
        {
            if (_current is { } fresh && fresh.IsUsable(time.GetUtcNow()))
            {
                return new ValueTask<CachedToken>(fresh);
            }

            flight = _inFlight ??= RequestAsync();
        }

        return new ValueTask<CachedToken>(flight.WaitAsync(cancellationToken));
    }

    /// <summary>For a call whose token was refused: the provider may have withdrawn it before its time.</summary>
    public ValueTask<CachedToken> GetOtherAsync(CachedToken refused, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - refused.RequestedAt > _presumedGood)
        {
            Interlocked.CompareExchange(ref _current, null, refused);
        }

        return GetAsync(cancellationToken);
    }

    /// <summary>Not cancelled with the call that started it: others wait for it too. It ends by the client's own timeout.</summary>
    private async Task<CachedToken> RequestAsync()
    {
        await Task.Yield();
        try
        {
            var requestedAt = time.GetUtcNow();
            var response = await client.RequestAsync(parameters, CancellationToken.None);
            var token = new CachedToken(response, requestedAt);
            Volatile.Write(ref _current, token);
            return token;
        }
        finally
        {
            lock (_lock)
            {
                _inFlight = null;
            }
        }
    }
}
