using System.Diagnostics;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;

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
            var answer = await binding.InvokeAsync(request, cancellationToken);
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
}
