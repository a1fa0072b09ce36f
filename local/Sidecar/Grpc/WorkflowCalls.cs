using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Workflows;

namespace McpAspire.Sidecar.Grpc;

/// <summary>The calls about workflows, of both services that have some, each by way of the HTTP request that means the same.</summary>
/// <param name="parts">Of the sidecar.</param>
/// <param name="status">What a service says of an error.</param>
internal sealed class WorkflowCalls(DaprParts parts, Func<WorkflowException, Status> status)
{
    private const string Group = "workflows";

    public static ApiCall Start(string version, string name, string id)
        => Call(version, HttpMethods.Post, $"{ApiPath.Part(name)}/start") with { Query = id.Length > 0 ? "instanceID=" + Uri.EscapeDataString(id) : string.Empty };

    public static ApiCall Get(string version, string id) => Call(version, HttpMethods.Get, ApiPath.Part(id));

    /// <param name="version">As <c>spec.api</c> names it.</param>
    /// <param name="id">Of an instance.</param>
    /// <param name="action">As the HTTP API names it.</param>
    public static ApiCall Do(string version, string id, string action) => Call(version, HttpMethods.Post, $"{ApiPath.Part(id)}/{action}");

    public static ApiCall Raise(string version, string id, string name) => Do(version, id, $"raiseEvent/{ApiPath.Part(name)}");

    /// <param name="context">Of the call.</param>
    /// <param name="call">The HTTP request that it means.</param>
    /// <param name="operation">What it does, when httpPipeline lets it.</param>
    /// <param name="appId">Where it says that the workflow is; empty: it does not say.</param>
    /// <param name="name">Of a workflow that it starts.</param>
    public Task<T> RunAsync<T>(ServerCallContext context, ApiCall call, Func<SidecarRequest, Task<T>> operation, string? appId, string name = "")
        where T : class
        => parts.Calls.RunAsync<T>(context, call, async sent =>
        {
            try
            {
                parts.Workflows.RefuseOtherApp(appId ?? string.Empty, name);
                return await operation(sent);
            }
            catch (WorkflowException failure)
            {
                sent.Http.Response.StatusCode = failure.Status;
                sent.Http.Features.Set(new AnsweredError(failure.Code, failure.Message));
                throw ErrorOf(failure);
            }
        });

    /// <summary>As <see cref="RunAsync"/>, for what has nothing to say but that it was done.</summary>
    public Task<T> DoAsync<T>(ServerCallContext context, ApiCall call, Func<RuntimeSnapshot, Task> act, T done, string? appId)
        where T : class
        => RunAsync(
            context,
            call,
            async sent =>
            {
                await act(sent.Runtime);
                return done;
            },
            appId);

    public RpcException ErrorOf(WorkflowException failure) => new(status(failure));

    private static ApiCall Call(string version, string verb, string path)
        => new(Group, verb, $"/v1.0{(version == "v1" ? string.Empty : "-" + version["v1".Length..])}/workflows/dapr/{path}") { Version = version };
}
