using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Engine;

/// <summary>Brings the application up, step by step, and down.</summary>
internal sealed partial class ApplicationExecutor(
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext executionContext,
    IDistributedApplicationEventing eventing,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ParameterResolution parameters,
    EndpointAllocation endpoints,
    ResourceControllers controllers,
    ResourceHealthMonitor health,
    ResourceLogFiles logFiles,
    IServiceProvider services,
    ILogger<ApplicationExecutor> logger) : IHostedService
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _background = Task.CompletedTask;
    private int _isStopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RefuseContainers();
        await parameters.ResolveAsync(model.Resources.OfType<ParameterResource>(), cancellationToken).ConfigureAwait(false);
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        await AllocateEndpointsAsync(cancellationToken).ConfigureAwait(false);
        _background = Task.WhenAll(health.RunAsync(_stopping.Token), StartResourcesAsync(_stopping.Token));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isStopped, 1) == 0)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
        }

        await controllers.StopAllAsync().ConfigureAwait(false);
        await _background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void RefuseContainers()
    {
        if (model.Resources.OfType<ContainerResource>().FirstOrDefault() is { } container)
        {
            throw new DistributedApplicationException(
                $"Resource '{container.Name}' is a container, and the local engine has none: build with HostingEngine=aspire.");
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var resource in model.Resources.Where(ProcessPlanner.IsProcess).ToList())
        {
            loggers.AddAlias(ResourceInstance.Of(resource).Id, resource.Name);
            logFiles.Open(resource);
            controllers.Add(resource);
            LifecycleCommands.Add(controllers.Of(resource));
        }

        foreach (var resource in model.Resources.Where(r => r is not ParameterResource).ToList())
        {
            await notifications.PublishUpdateAsync(
                resource,
                s => ProcessPlanner.IsProcess(resource) ? ResourceSnapshots.Prepared(s, resource) : s).ConfigureAwait(false);
            await eventing.PublishAsync(
                new InitializeResourceEvent(resource, eventing, loggers, notifications, services),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AllocateEndpointsAsync(CancellationToken cancellationToken)
    {
        var resources = model.Resources.Where(ProcessPlanner.IsProcess).ToList();
        endpoints.Allocate(resources);
        foreach (var resource in resources)
        {
            var urls = await ResourceUrls.OfAsync(resource, executionContext, cancellationToken).ConfigureAwait(false);
            await notifications.PublishUpdateAsync(resource, s => s with { Urls = urls }).ConfigureAwait(false);
            await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken).ConfigureAwait(false);
        }

        await eventing.PublishAsync(new AfterEndpointsAllocatedEvent(services, model), cancellationToken).ConfigureAwait(false);
    }

    private async Task StartResourcesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var automatic = controllers.All.Where(c => !c.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>());
            await Task.WhenAll(automatic.Select(c => c.StartAsync(waits: true, cancellationToken))).ConfigureAwait(false);
            await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The start of the resources failed")]
    private partial void LogFailed(Exception exception);
}
