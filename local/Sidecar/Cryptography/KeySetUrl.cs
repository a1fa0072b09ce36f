using McpAspire.Sidecar.Invocation;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>A set behind a URL: fetched when it is first needed, and again when it is needed and older than the interval.</summary>
internal sealed partial class KeySetUrl(Uri url, TimeSpan timeout, TimeSpan interval, TimeProvider time, ILogger logger) : IKeySet
{
    /// <summary>Of a set that was never had: calls that come meanwhile need not wait as well.</summary>
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(1);

    /// <summary>Without what may be a secret of it.</summary>
    private readonly string _name = $"{url.Scheme}://{url.Authority}{url.AbsolutePath}";

    private readonly Lazy<HttpMessageInvoker> _http = new(HttpClients.ForBackchannel);
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private Dictionary<string, WrappingKey>? _keys;
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private string _failure = string.Empty;

    public async ValueTask<WrappingKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await _fetching.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() >= _next)
            {
                await RefreshAsync(cancellationToken);
            }
        }
        finally
        {
            _fetching.Release();
        }

        return _keys is { } keys ? keys.GetValueOrDefault(id)?.Copy() : throw CryptoException.Failed($"the key set at {_name} cannot be had: {_failure}");
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    /// <summary>What cannot be fetched again leaves the keys as they are.</summary>
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            _keys = await FetchAsync(cancellationToken);
            _next = time.GetUtcNow() + interval;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _failure = exception is OperationCanceledException ? "it did not answer in time" : exception.Message;
            Log.NotFetched(logger, _name, _failure);
            _next = time.GetUtcNow() + (_keys is null ? _retry : interval);
        }
    }

    private async Task<Dictionary<string, WrappingKey>> FetchAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await _http.Value.SendAsync(request, linked.Token);
        if (!response.IsSuccessStatusCode)
        {
            throw new IOException($"it answered {(int)response.StatusCode}");
        }

        await response.Content.LoadIntoBufferAsync(KeySetFile.MaxLength, linked.Token);
        return JsonWebKeys.ReadSet(await response.Content.ReadAsByteArrayAsync(linked.Token));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The key set at {Url} cannot be had: {Reason}")]
        public static partial void NotFetched(ILogger logger, string url, string reason);
    }
}
