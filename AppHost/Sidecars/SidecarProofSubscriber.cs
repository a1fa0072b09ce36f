using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;

namespace McpAspire.AppHost;

/// <summary>
/// Gives each sidecar's executable its proof and, where the toolkit has not (13.0), the app's dependencies:
/// daprd exits when the provider does not answer at its start.
/// </summary>
internal sealed class SidecarProofSubscriber(IEnumerable<ProvenSidecar> sidecars) : IDistributedApplicationEventingSubscriber
{
    public Task SubscribeAsync(IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
    {
        eventing.Subscribe<BeforeStartEvent>((started, _) =>
        {
            foreach (var sidecar in sidecars)
            {
                Complete(started.Model, sidecar);
            }

            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    private static void Complete(DistributedApplicationModel model, ProvenSidecar sidecar)
    {
        var executable = model.Resources.Single(resource => resource.Name == sidecar.Resource);
        executable.Annotations.Add(new HealthCheckAnnotation(sidecar.HealthCheckKey));
        executable.Annotations.Add(new ResourceUrlsCallbackAnnotation(ShowHttpFirst));
        var known = executable.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource).ToHashSet();
        foreach (var wait in sidecar.App.Annotations.OfType<WaitAnnotation>().Where(wait => known.Add(wait.Resource)).ToArray())
        {
            executable.Annotations.Add(wait);
        }
    }

    // Three addresses a sidecar, and people need one of them.
    private static void ShowHttpFirst(ResourceUrlsCallbackContext context)
    {
        foreach (var url in context.Urls.Where(url => url.Endpoint?.EndpointName != "http"))
        {
            url.DisplayLocation = UrlDisplayLocation.DetailsOnly;
        }
    }
}
