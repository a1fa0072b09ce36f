using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;

namespace McpAspire.AppHost;

/// <summary>
/// Neither an app nor its daprd starts while their resources would leave the app open. Checked at every start, a restart
/// from the dashboard included.
/// </summary>
internal sealed class SidecarPreflightSubscriber(IEnumerable<CheckedSidecar> sidecars) : IDistributedApplicationEventingSubscriber
{
    public Task SubscribeAsync(IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
    {
        eventing.Subscribe<BeforeResourceStartedEvent>(async (starting, stopping) =>
        {
            foreach (var sidecar in sidecars.Where(sidecar => starting.Resource.Name == sidecar.App || starting.Resource.Name == sidecar.Resource))
            {
                await SidecarPreflight.RequireSafeAsync(sidecar.Plan, sidecar.Secret, stopping).ConfigureAwait(false);
            }
        });
        return Task.CompletedTask;
    }
}

/// <summary>A sidecar whose resources are checked before it and its app start.</summary>
internal sealed record CheckedSidecar(string App, string Resource, SidecarPlan Plan, StackSecret Secret);
