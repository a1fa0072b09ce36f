using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Engine;

/// <summary>The controllers of all process resources.</summary>
internal sealed class ResourceControllers(IServiceProvider services) : IAsyncDisposable, IDisposable
{
    private readonly Dictionary<string, ResourceController> _controllers = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<ResourceController> All => _controllers.Values;

    public void Add(IResource resource)
        => _controllers.Add(resource.Name, ActivatorUtilities.CreateInstance<ResourceController>(services, resource));

    public ResourceController Of(IResource resource) => _controllers[resource.Name];

    /// <summary>Stops every process, all at the same time.</summary>
    public Task StopAllAsync() => Task.WhenAll(_controllers.Values.Select(c => c.DisposeAsync().AsTask()));

    public async ValueTask DisposeAsync() => await StopAllAsync().ConfigureAwait(false);

    public void Dispose() => StopAllAsync().GetAwaiter().GetResult();
}
