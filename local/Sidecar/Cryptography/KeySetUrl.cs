using McpAspire.Sidecar.Invocation;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>
/// A set behind a URL: fetched when it is first needed, and again when it is needed and older than the interval. All callers wait
/// for the same answer, and it does not matter to the others when one of them goes away.
/// </summary>
internal sealed partial class KeySetUrl(Uri url, TimeSpan timeout, TimeSpan interval, TimeProvider time, ILogger logger) : IKeySet
{
    /// <summary>Of a set that was never had: calls that come meanwhile need not wait as well.</summary>
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(1);

    /// <summary>For newer keys, when there are some: a server that does not answer must not hold up all that goes on.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>Without what may be a secret of it.</summary>
    private readonly string _name = $"{url.Scheme}://{url.Authority}{url.AbsolutePath}";

    private readonly Lazy<HttpMessageInvoker> _http = new(HttpClients.ForBackchannel);
    private readonly Lock _lock = new();
    private Task _fetching = Task.CompletedTask;
    private volatile Dictionary<string, WrappingKey>? _keys;
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private string _failure = string.Empty;

    public async ValueTask<WrappingKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await Fetched().WaitAsync(_keys is null ? Timeout.InfiniteTimeSpan : _patience, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return _keys is { } keys ? keys.GetValueOrDefault(id)?.Copy() : throw CryptoException.Failed($"the key set at {_name} cannot be had: {_failure}");
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private Task Fetched()
    {
        lock (_lock)
        {
            return _fetching = _fetching.IsCompleted && time.GetUtcNow() >= _next ? RefreshAsync() : _fetching;
        }
    }

    /// <summary>What cannot be fetched again leaves the keys as they are.</summary>
    private async Task RefreshAsync()
    {
        await Task.Yield(); // nobody waits for the lock meanwhile
        try
        {
            _keys = await FetchAsync();
            _next = time.GetUtcNow() + interval;
        }
        catch (Exception exception)
        {
            _failure = exception is OperationCanceledException ? "it did not answer in time" : exception.Message;
            Log.NotFetched(logger, _name, _failure);
            _next = time.GetUtcNow() + (_keys is null ? _retry : interval);
        }
    }

    private async Task<Dictionary<string, WrappingKey>> FetchAsync()
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await _http.Value.SendAsync(request, limit.Token);
        if (!response.IsSuccessStatusCode)
        {
            throw new IOException($"it answered {(int)response.StatusCode}");
        }

        await response.Content.LoadIntoBufferAsync(KeySetFile.MaxLength, limit.Token);
        return JsonWebKeys.ReadSet(await response.Content.ReadAsByteArrayAsync(limit.Token));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The key set at {Url} cannot be had: {Reason}")]
        public static partial void NotFetched(ILogger logger, string url, string reason);
    }
}
