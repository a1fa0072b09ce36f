using McpAspire.Sidecar.Hosting;

namespace McpAspire.Sidecar.Bindings;

/// <summary>The app as input bindings see it, over HTTP or gRPC.</summary>
internal interface IBindingApp
{
    Task<bool> WantsAsync(RuntimeSnapshot runtime, string name, string path, CancellationToken cancellationToken);

    Task<BindingReply> TriggerAsync(RuntimeSnapshot runtime, string name, string path, BindingEvent trigger, CancellationToken cancellationToken);
}
