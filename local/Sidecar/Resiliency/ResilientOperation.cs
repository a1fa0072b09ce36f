using System.Runtime.ExceptionServices;

namespace McpAspire.Sidecar.Resiliency;

/// <summary>Operations of one component under its policies.</summary>
internal sealed class ResilientOperation(ResilientTarget target)
{
    /// <summary>What Dapr says when a policy's timeout has passed.</summary>
    private const string TimeoutText = "context deadline exceeded";

    /// <summary>Throws <see cref="PolicyException"/> when the circuit is open, or the last try took too long.</summary>
    /// <param name="operation">One try; cancelled when it takes longer than the policy allows.</param>
    /// <param name="failureOf">Whether its result means that it failed; null: it has not.</param>
    /// <param name="failureIn">The same of an exception: null leaves it to the caller, and the component has done its part.</param>
    /// <param name="cancellationToken">Ends all of it.</param>
    /// <param name="lastTry">Once it is cancelled, the try that runs is the last one.</param>
    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> operation,
        Func<T, OperationFailure?> failureOf,
        Func<Exception, OperationFailure?> failureIn,
        CancellationToken cancellationToken,
        CancellationToken lastTry = default)
    {
        var breaker = target.BreakerOf(string.Empty);
        target.Called(breaker);
        var backoff = target.Policies.Retry?.Start(target.Time);
        var hasTimedOut = false;
        while (true)
        {
            var attempt = await TryAsync(operation, failureOf, failureIn, breaker, cancellationToken);
            if (attempt.Exception is PolicyException && !hasTimedOut)
            {
                hasTimedOut = true; // counted once, as Dapr does
                target.TimedOut();
            }

            if (attempt.Failure is not { } failure || backoff is null || !IsWorthARetry(failure) || !await WaitAsync(backoff, failure, cancellationToken, lastTry))
            {
                return attempt.Result();
            }
        }
    }

    private async Task<Attempt<T>> TryAsync<T>(
        Func<CancellationToken, Task<T>> operation,
        Func<T, OperationFailure?> failureOf,
        Func<Exception, OperationFailure?> failureIn,
        CircuitBreaker? breaker,
        CancellationToken cancellationToken)
    {
        var permit = breaker?.Enter();
        var outcome = CallOutcome.Succeeded;
        using var limit = new CancellationTokenSource(target.Policies.Timeout ?? Timeout.InfiniteTimeSpan, target.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await operation(linked.Token);
            var failure = failureOf(result);
            outcome = failure is null ? CallOutcome.Succeeded : CallOutcome.Failed;
            return new Attempt<T>(result, null, failure);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            outcome = CallOutcome.Abandoned;
            throw;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            outcome = CallOutcome.Failed;
            return new Attempt<T>(default, new PolicyException(TimeoutText), new OperationFailure(TimeoutText));
        }
        catch (Exception exception) when (failureIn(exception) is { } failure)
        {
            outcome = CallOutcome.Failed;
            return new Attempt<T>(default, exception, failure);
        }
        finally
        {
            if (permit is { } number)
            {
                breaker!.Complete(number, outcome);
            }
        }
    }

    private bool IsWorthARetry(OperationFailure failure)
    {
        var policy = target.Policies.Retry!;
        return failure.GrpcStatus is { } code ? policy.GrpcStatusCodes.Covers(code)
            : failure.HttpStatus is not { } status || policy.StatusCodes.Covers(status);
    }

    private async Task<bool> WaitAsync(Backoff backoff, OperationFailure failure, CancellationToken cancellationToken, CancellationToken lastTry)
    {
        if (lastTry.IsCancellationRequested || !backoff.TryNext(out var wait))
        {
            return false;
        }

        target.Retrying(backoff.Retries, wait, failure.Reason);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lastTry);
        await Task.Delay(wait, target.Time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return !lastTry.IsCancellationRequested;
    }

    private readonly record struct Attempt<T>(T? Value, Exception? Exception, OperationFailure? Failure)
    {
        public T Result()
        {
            if (Exception is not null)
            {
                ExceptionDispatchInfo.Throw(Exception);
            }

            return Value!;
        }
    }
}

/// <summary>Why a try failed.</summary>
/// <param name="Reason">For the log: nothing of the data.</param>
internal readonly record struct OperationFailure(string Reason)
{
    /// <summary>What a retry's <c>matching</c> looks at, where there is no <see cref="GrpcStatus"/>; without a code every failure counts.</summary>
    public int? HttpStatus { get; init; }

    public int? GrpcStatus { get; init; }
}
