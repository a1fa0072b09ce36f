using System.Text.Json;
using McpAspire.Sidecar.Pipeline;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Middleware.Bearer;

/// <summary>
/// The keys of one issuer: fetched at start (tried until they come), every ten minutes, and at once, but not more
/// often than every few seconds, when a token names a key that is not known.
/// </summary>
internal sealed partial class ProviderKeys(HttpMessageInvoker http, string issuer, string? jwksUrl, TimeProvider time, ILogger logger) : IWarmUp
{
    private const int MaxDocument = 1024 * 1024;

    private static readonly TimeSpan _refreshInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _unknownKeyInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longestRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longestRetryWithKeys = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private SigningKeys? _keys;
    private Task? _refresh;
    private DateTimeOffset _lastRefresh = DateTimeOffset.MinValue;

    public bool IsReady => Volatile.Read(ref _keys) is not null;

    public SigningKeys? Current => Volatile.Read(ref _keys);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = _firstRetry;
        string? complaint = null;
        while (true)
        {
            var wait = _refreshInterval;
            try
            {
                await RefreshAsync(cancellationToken);
                (retry, complaint) = (_firstRetry, null);
            }
            catch (ProviderException exception)
            {
                // Said once, not at every try.
                if (complaint != exception.Message)
                {
                    Log.Unavailable(logger, issuer, exception.Message);
                    complaint = exception.Message;
                }

                wait = retry;
                var longest = IsReady ? _longestRetryWithKeys : _longestRetry;
                retry = retry * 2 < longest ? retry * 2 : longest;
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>The keys after a refresh that an unknown kid asked for, or the ones there are when the last refresh was just now.</summary>
    public async Task<SigningKeys?> RefreshForUnknownKeyAsync(CancellationToken cancellationToken)
    {
        Task? refresh;
        lock (_lock)
        {
            if (_refresh is null && time.GetUtcNow() - _lastRefresh >= _unknownKeyInterval)
            {
                _lastRefresh = time.GetUtcNow();
                _refresh = RefreshOnceAsync();
            }

            refresh = _refresh;
        }

        if (refresh is not null)
        {
            await refresh.WaitAsync(cancellationToken);
        }

        return Current;
    }

    private async Task RefreshOnceAsync()
    {
        await Task.Yield();
        try
        {
            await RefreshAsync(CancellationToken.None);
        }
        catch (ProviderException exception)
        {
            Log.Unavailable(logger, issuer, exception.Message);
        }
        finally
        {
            lock (_lock)
            {
                _refresh = null;
            }
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var url = jwksUrl ?? await DiscoverAsync(linked.Token);
            var keys = new SigningKeys(await GetAsync(url, linked.Token));
            if (keys.Count == 0)
            {
                throw new ProviderException("its key set holds no usable key");
            }

            var first = Interlocked.Exchange(ref _keys, keys) is null;
            if (first)
            {
                Log.Loaded(logger, issuer, keys.Count);
            }
        }
        catch (Exception exception) when (exception is not ProviderException && !cancellationToken.IsCancellationRequested)
        {
            // Whatever it answered: nothing may end the refreshing, or a key that it withdraws would be good for ever.
            throw new ProviderException(exception is OperationCanceledException ? "it did not answer in time" : exception.Message, exception);
        }
    }

    private async Task<string> DiscoverAsync(CancellationToken cancellationToken)
    {
        var json = await GetAsync(issuer.TrimEnd('/') + "/.well-known/openid-configuration", cancellationToken);
        using var document = JsonDocument.Parse(json);
        var named = Text(document, "issuer");
        if (named != issuer)
        {
            throw new ProviderException($"its discovery document names the issuer '{named}'");
        }

        return Text(document, "jwks_uri") ?? throw new ProviderException("its discovery document has no jwks_uri");
    }

    private async Task<string> GetAsync(string url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new ProviderException($"{url} answered {(int)response.StatusCode}");
        }

        await response.Content.LoadIntoBufferAsync(MaxDocument, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private static string? Text(JsonDocument document, string name)
        => document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.String
            ? element.GetString()
            : null;

    private sealed class ProviderException(string message, Exception? inner = null) : Exception(message, inner);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The keys of the issuer {Issuer} cannot be had: {Reason}")]
        public static partial void Unavailable(ILogger logger, string issuer, string reason);

        [LoggerMessage(2, LogLevel.Information, "The issuer {Issuer} has {Count} signing key(s)")]
        public static partial void Loaded(ILogger logger, string issuer, int count);
    }
}
