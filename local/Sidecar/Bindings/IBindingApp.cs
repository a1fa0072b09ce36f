using McpAspire.Sidecar.Hosting;

namespace McpAspire.Sidecar.Bindings;

/// <summary>The app as input bindings see it, over HTTP or gRPC.</summary>
internal interface IBindingApp
{
    Task<bool> WantsAsync(RuntimeSnapshot runtime, string name, string path, CancellationToken cancellationToken);

    /// <summary>False when the app did not handle it.</summary>
    Task<bool> TriggerAsync(RuntimeSnapshot runtime, string name, string path, IReadOnlyList<KeyValuePair<string, string>> metadata);
}
