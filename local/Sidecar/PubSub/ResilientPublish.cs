using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.PubSub;

/// <summary>Brings messages to a component under its outbound policies.</summary>
internal static class ResilientPublish
{
    /// <param name="runtime">With the policies.</param>
    /// <param name="pubSub">The component.</param>
    /// <param name="name">Its name.</param>
    /// <param name="message">What is published.</param>
    /// <param name="isOverHttp">Whether a failure's status is to be taken for one of HTTP.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public static async Task<PublishFailure?> SendAsync(RuntimeSnapshot runtime, IPubSub pubSub, string name, PubSubMessage message, bool isOverHttp, CancellationToken cancellationToken)
    {
        if (Policy(runtime, name) is not { } policy)
        {
            return await pubSub.PublishAsync(message, cancellationToken);
        }

        try
        {
            return await policy.RunAsync(async token => await pubSub.PublishAsync(message, token), failure => FailureOf(failure, isOverHttp), _ => null, cancellationToken);
        }
        catch (PolicyException exception)
        {
            return new PublishFailure(exception.Message);
        }
    }

    /// <summary>Only what was not published is tried again.</summary>
    public static async Task<PublishFailure?> SendAllAsync(RuntimeSnapshot runtime, IPubSub pubSub, PublishCall call, IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        if (Policy(runtime, call.PubSub) is not { } policy)
        {
            return await pubSub.PublishAllAsync(messages, call.Metadata, cancellationToken);
        }

        int[] left = [.. Enumerable.Range(0, messages.Count)];
        try
        {
            return await policy.RunAsync(PublishLeftAsync, failure => FailureOf(failure, call.IsOverHttp), _ => null, cancellationToken);
        }
        catch (PolicyException exception)
        {
            return new PublishFailure(exception.Message) { Entries = left.ToDictionary(index => index, _ => exception.Message) };
        }

        async Task<PublishFailure?> PublishLeftAsync(CancellationToken token)
        {
            var tried = left;
            var failure = await pubSub.PublishAllAsync([.. tried.Select(index => messages[index])], call.Metadata, token);
            if (failure is null)
            {
                return null;
            }

            var entries = failure.Entries?.ToDictionary(entry => tried[entry.Key], entry => entry.Value) ?? tried.ToDictionary(index => index, _ => failure.Reason);
            left = [.. entries.Keys.Order()];
            return left.Length == messages.Count && failure.Entries is null ? failure : failure with { Entries = entries };
        }
    }

    private static ResilientOperation? Policy(RuntimeSnapshot runtime, string name) => runtime.ComponentPolicies.Of(name, ComponentKind.Pubsub, PolicyFlow.Outbound);

    private static OperationFailure? FailureOf(PublishFailure? failure, bool isOverHttp) => failure switch
    {
        null => null,
        { GrpcStatus: { } code } when isOverHttp => new OperationFailure("it was not published") { HttpStatus = GrpcStatusMap.ToHttp((global::Grpc.Core.StatusCode)code) },
        _ => new OperationFailure("it was not published") { GrpcStatus = failure.GrpcStatus },
    };
}
