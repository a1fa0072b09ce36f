using McpAspire.Sidecar.Bindings;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>A binding of both directions; the process has an instance for each.</summary>
internal sealed class PluggableBinding(PluggableInputBinding input, PluggableOutputBinding output) : IInputBinding, IOutputBinding
{
    public IReadOnlyList<string> Capabilities { get; } = [.. input.Capabilities, .. output.Capabilities];

    public InputRoute Route => input.Route;

    public IReadOnlyList<string> Operations => output.Operations;

    public Task RunAsync(Func<BindingEvent, Task<BindingReply>> trigger, CancellationToken cancellationToken) => input.RunAsync(trigger, cancellationToken);

    public Task<BindingAnswer?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken) => output.InvokeAsync(request, cancellationToken);

    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
    }
}
