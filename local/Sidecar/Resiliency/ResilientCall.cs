using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Invocation;
using Yarp.ReverseProxy.Forwarder;

namespace McpAspire.Sidecar.Resiliency;

/// <summary>
/// One call under the policies of its target, between the forwarder and the target's client. It tries again only as long
/// as nothing of an answer has left for the caller, and only what can be sent again byte for byte.
/// </summary>
internal sealed class ResilientCall : HttpMessageHandler
{
    /// <summary>A longer body is streamed, and sent once.</summary>
    private const long MaxReplayedBody = 4 * 1024 * 1024;

    private readonly ResilientTarget _target;
    private readonly HttpMessageInvoker _inner;
    private readonly CircuitBreaker? _breaker;
    private readonly AppSlot? _slot;
    private readonly CallAttempts _attempts;
    private readonly CancellationToken _callerGone;
    private readonly CancellationTokenSource _timeUp;
    private readonly CancellationTokenSource _end;
    private long _tryBegan;
    private int? _permit;
    private bool _targetFailed;
    private bool _isTimeoutCounted;
    private string? _failure;

    public ResilientCall(ResilientTarget target, HttpMessageInvoker inner, string method, AppSlot? slot, CallAttempts attempts, CancellationToken callerGone)
    {
        _target = target;
        _inner = inner;
        _breaker = target.BreakerOf(method);
        _slot = slot;
        _attempts = attempts;
        _callerGone = callerGone;
        _timeUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, target.Time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(callerGone, _timeUp.Token);
        Client = new HttpMessageInvoker(this, disposeHandler: false);
    }

    /// <summary>What the forwarder sends with.</summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>Ends the forwarding when the caller goes away or the timeout passes while an answer is on its way.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>What Dapr says of a call that a policy ended; null when none did.</summary>
    public string? Failure => _failure ?? (HasTimedOut ? "context deadline exceeded" : null);

    private bool HasTimedOut => _timeUp.IsCancellationRequested && !_callerGone.IsCancellationRequested;

    /// <summary>Tells the circuit how the last try went.</summary>
    public void Complete(ForwarderError error)
    {
        if (HasTimedOut)
        {
            CountTimeout();
            Settle(CallOutcome.Failed);
        }
        else if (_callerGone.IsCancellationRequested || IsCallers(error))
        {
            Settle(CallOutcome.Abandoned);
        }
        else
        {
            Settle(error == ForwarderError.None && !_targetFailed ? CallOutcome.Succeeded : CallOutcome.Failed);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            _target.Called(_breaker);
            _breaker?.ThrowIfOpen();
            var backoff = _target.Policies.Retry is { } policy && await ReplayableBody.TryMakeAsync(request, MaxReplayedBody, cancellationToken)
                ? policy.Start(_target.Time)
                : null;
            while (true)
            {
                var (response, exception) = await TryAsync(request, cancellationToken);
                if (backoff is null || !IsWorthARetry(response) || !backoff.TryNext(out var wait))
                {
                    return response is null ? throw exception! : WithLimit(response);
                }

                Settle(_targetFailed ? CallOutcome.Failed : CallOutcome.Succeeded);
                _target.Retrying(backoff.Retries, wait, response is null ? Describe(exception!) : $"status {(int)response.StatusCode}");
                _attempts.Failed(response);
                var status = response?.StatusCode;
                response?.Dispose();
                _failure = null;
                _slot?.Leave();
                await Task.Delay(wait, _target.Time, cancellationToken);
                if (_slot is not null)
                {
                    await _slot.EnterAsync(cancellationToken);
                }

                await _attempts.PrepareAsync(request, status, cancellationToken);
            }
        }
        catch (CircuitOpenException exception)
        {
            _failure = exception.Message;
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Settle(CallOutcome.Abandoned);
            Client.Dispose();
            _end.Dispose();
            _timeUp.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>One try; an exception of the caller's going away or of an open circuit is thrown, not returned.</summary>
    private async Task<(HttpResponseMessage? Response, Exception? Exception)> TryAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _permit = _breaker?.Enter();
        _tryBegan = _target.Time.GetTimestamp();
        using var limit = new CancellationTokenSource(_target.Policies.Timeout ?? Timeout.InfiniteTimeSpan, _target.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var response = await _inner.SendAsync(request, linked.Token);
            _targetFailed = (int)response.StatusCode >= 500;
            if (!_targetFailed && EventStream.Is(response.Content.Headers))
            {
                // It may stay open for hours, and a circuit that is half-open waits for its result.
                Settle(CallOutcome.Succeeded);
            }

            return (response, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            _targetFailed = true;
            if (limit.IsCancellationRequested)
            {
                CountTimeout();
                _failure = "context deadline exceeded";
            }

            return (null, exception);
        }
    }

    /// <summary>The timeout covers the whole answer: what is left of it is for the body.</summary>
    private HttpResponseMessage WithLimit(HttpResponseMessage response)
    {
        if (_target.Policies.Timeout is { } timeout)
        {
            var left = timeout - _target.Time.GetElapsedTime(_tryBegan);
            _timeUp.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        return response;
    }

    /// <summary>Once a call, as Dapr counts it.</summary>
    private void CountTimeout()
    {
        if (!_isTimeoutCounted)
        {
            _isTimeoutCounted = true;
            _target.TimedOut();
        }
    }

    private bool IsWorthARetry(HttpResponseMessage? response)
    {
        if (response is null)
        {
            return true;
        }

        var policy = _target.Policies.Retry!;
        return BridgeHeaders.StatusOf(response) is { } code
            ? code != 0 && policy.GrpcStatusCodes.Covers(code)
            : (int)response.StatusCode is < 200 or > 399 && policy.StatusCodes.Covers((int)response.StatusCode);
    }

    private void Settle(CallOutcome outcome)
    {
        if (_permit is { } permit)
        {
            _permit = null;
            _breaker!.Complete(permit, outcome);
        }
    }

    private string Describe(Exception exception) => _failure ?? (exception as HttpRequestException)?.HttpRequestError.ToString() ?? exception.GetType().Name;

    private static bool IsCallers(ForwarderError error)
        => error is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled or ForwarderError.ResponseBodyClient;
}
