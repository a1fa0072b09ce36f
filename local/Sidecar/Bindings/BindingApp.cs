using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.PubSub;
using McpAspire.Sidecar.Telemetry;

namespace McpAspire.Sidecar.Bindings;

/// <summary>An app wants a binding when <c>OPTIONS</c> at its route is answered with 2xx or 405, and gets a <c>POST</c> there; one that speaks gRPC lists those that it wants.</summary>
internal sealed class BindingApp(AppCall app, IAppCallbacks? callbacks, SidecarTracer tracer) : IBindingApp
{
    private const string Json = "application/json";

    public async Task<bool> WantsAsync(RuntimeSnapshot runtime, string name, string path, CancellationToken cancellationToken)
    {
        var answer = await app.SendAsync(runtime, new AppRequest(HttpMethods.Options, path, Json, []) { Client = callbacks?.WantsBinding(name) }, cancellationToken);
        return answer.Status is >= 200 and <= 299 or StatusCodes.Status405MethodNotAllowed;
    }

    public async Task<BindingReply> TriggerAsync(RuntimeSnapshot runtime, string name, string path, BindingEvent trigger, CancellationToken cancellationToken)
    {
        using var span = CallbackSpan.Start(tracer, $"bindings/{name}", null, null);
        var answer = await app.SendAsync(runtime, new AppRequest(HttpMethods.Post, path, Json, trigger.Data) { Headers = trigger.Metadata, Client = callbacks?.Binding(name, trigger), Trace = span.Trace }, cancellationToken);
        span.Complete(answer.Status, "db.system", "bindings", "db.name", name, "db.statement", $"POST /{name}", "db.connection_string", "bindings");
        return new BindingReply(answer.Body, answer.Status is >= 200 and <= 299 ? string.Empty : $"error sending binding event to application, status {answer.Status}")
        {
            HttpStatus = answer.Status,
            GrpcStatus = answer.GrpcStatus,
        };
    }
}
