using Aspire.Hosting.ApplicationModel;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Proto = Aspire.Hosting.Dashboard.Protocol;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>The calls that the dashboard makes for its Resources and Console pages.</summary>
internal sealed partial class DashboardResourceService(
    ResourceServiceIdentity identity,
    ResourceFeed feed,
    ResourceLoggerService logs,
    ResourceCommandService commands,
    ILogger<DashboardResourceService> logger)
    : Proto.DashboardService.DashboardServiceBase
{
    // A message may have 4 MB; a character takes up to 3 bytes.
    private const int LongestBatch = 1_000_000;

    public override Task<Proto.ApplicationInformationResponse> GetApplicationInformation(
        Proto.ApplicationInformationRequest request, ServerCallContext context)
        => Task.FromResult(new Proto.ApplicationInformationResponse { ApplicationName = identity.ApplicationName });

    public override Task WatchResources(
        Proto.WatchResourcesRequest request, IServerStreamWriter<Proto.WatchResourcesUpdate> responseStream, ServerCallContext context)
        => StreamAsync(context, async cancellationToken =>
        {
            LogWatching(request.IsReconnect);
            using var subscription = feed.Subscribe();
            await foreach (var update in subscription.ReadAllAsync(cancellationToken))
            {
                await responseStream.WriteAsync(update, cancellationToken);
            }
        });

    public override Task WatchResourceConsoleLogs(
        Proto.WatchResourceConsoleLogsRequest request,
        IServerStreamWriter<Proto.WatchResourceConsoleLogsUpdate> responseStream,
        ServerCallContext context)
        => StreamAsync(context, async cancellationToken =>
        {
            var lines = request.SuppressFollow ? logs.GetAllAsync(request.ResourceName) : logs.WatchAsync(request.ResourceName);
            await foreach (var batch in lines.WithCancellation(cancellationToken))
            {
                foreach (var update in ConsoleLogUpdates.From(batch, LongestBatch))
                {
                    await responseStream.WriteAsync(update, cancellationToken);
                }
            }
        });

    public override async Task<Proto.ResourceCommandResponse> ExecuteResourceCommand(
        Proto.ResourceCommandRequest request, ServerCallContext context)
    {
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, context.CancellationToken);
        var response = new Proto.ResourceCommandResponse
        {
            Kind = result.Canceled ? Proto.ResourceCommandResponseKind.Cancelled
                : result.Success ? Proto.ResourceCommandResponseKind.Succeeded
                : Proto.ResourceCommandResponseKind.Failed,
        };
        if (result.Message is { } message)
        {
            response.Message = message;
        }

        return response;
    }

    // This engine asks nothing of the person at the page, but the dashboard gives up without the stream.
    public override Task WatchInteractions(
        IAsyncStreamReader<Proto.WatchInteractionsRequestUpdate> requestStream,
        IServerStreamWriter<Proto.WatchInteractionsResponseUpdate> responseStream,
        ServerCallContext context)
        => StreamAsync(context, async cancellationToken =>
        {
            await responseStream.WriteAsync(
                new Proto.WatchInteractionsResponseUpdate { Complete = new Proto.InteractionComplete() }, cancellationToken);
            feed.Repeat();
            while (await requestStream.MoveNext(cancellationToken))
            {
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });

    // "Unavailable" is the end after which the dashboard connects again.
    private async Task StreamAsync(ServerCallContext context, Func<CancellationToken, Task> streamAsync)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, identity.Stopping);
        try
        {
            await streamAsync(end.Token);
        }
        catch (Exception exception) when (end.IsCancellationRequested && exception is OperationCanceledException or IOException or InvalidOperationException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The engine stops."));
        }
    }

    [LoggerMessage(LogLevel.Debug, "A dashboard watches the resources (again: {IsReconnect}).")]
    private partial void LogWatching(bool isReconnect);
}
