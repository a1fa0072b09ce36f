using System.Diagnostics;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Bindings;

/// <summary>Calls output bindings for the API, over HTTP or gRPC. Throws <see cref="BindingException"/>.</summary>
internal sealed class OutputBindings(SidecarMetrics metrics)
{
    public async Task<BindingAnswer?> InvokeAsync(RuntimeSnapshot runtime, string name, BindingRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation.Length == 0)
        {
            throw new BindingException("operation field is missing from request");
        }

        var binding = runtime.Embedded.Find<IOutputBinding>(name) ?? throw new BindingException($"couldn't find output binding {name}");
        if (!binding.Operations.Contains(request.Operation))
        {
            throw new BindingException($"binding {name} does not support operation {request.Operation}. supported operations:{string.Join(' ', binding.Operations)}");
        }

        var started = Stopwatch.GetTimestamp();
        var isDone = false;
        try
        {
            var answer = runtime.ComponentPolicies.Of(name, ComponentKind.Binding, PolicyFlow.Outbound) is { } policy
                ? await InvokeAsync(binding, request, policy, cancellationToken)
                : await binding.InvokeAsync(request, cancellationToken);
            isDone = true;
            return answer;
        }
        finally
        {
            if (metrics.IsEnabled)
            {
                metrics.Bindings.Invoked(name, request.Operation, isDone, Stopwatch.GetElapsedTime(started));
            }
        }
    }

    private static async Task<BindingAnswer?> InvokeAsync(IOutputBinding binding, BindingRequest request, ResilientOperation policy, CancellationToken cancellationToken)
    {
        try
        {
            return await policy.RunAsync(
                token => binding.InvokeAsync(request, token),
                _ => null,
                exception => exception is BindingException ? new OperationFailure("the binding failed") : null,
                cancellationToken);
        }
        catch (PolicyException exception)
        {
            throw new BindingException(exception.Message);
        }
    }
}
