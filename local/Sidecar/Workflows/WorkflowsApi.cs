using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Workflows;

/// <summary>
/// <c>workflows/{component}/{workflow}/start</c>, <c>workflows/{component}/{instance}</c> and what can be done with an instance. The
/// component is always Dapr's own (<c>dapr</c>); its name is not looked at.
/// </summary>
internal sealed class WorkflowsApi(WorkflowEngine engine)
{
    private const string RaiseEvent = "raiseEvent/";

    /// <summary>Null: no route.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="path">Behind <c>workflows/</c>.</param>
    public Task? Find(SidecarRequest request, ReadOnlySpan<char> path)
    {
        var component = path.IndexOf('/');
        if (component <= 0)
        {
            return null;
        }

        var rest = path[(component + 1)..];
        var slash = rest.IndexOf('/');
        var subject = ByteString.ToText((slash < 0 ? rest : rest[..slash]).ToString());
        var verb = request.Http.Request.Method;
        if (slash < 0)
        {
            return HttpMethods.IsGet(verb) && subject.Length > 0 ? GetAsync(request, subject) : null;
        }

        var runtime = request.Runtime;
        var cancelled = request.Http.RequestAborted;
        return !HttpMethods.IsPost(verb) ? null : rest[(slash + 1)..] switch
        {
            "start" => StartAsync(request, subject),
            "terminate" => DoAsync(request, () => engine.TerminateAsync(runtime, subject, null, cancelled)),
            "pause" => DoAsync(request, () => engine.SuspendAsync(runtime, subject, cancelled)),
            "resume" => DoAsync(request, () => engine.ResumeAsync(runtime, subject, cancelled)),
            "purge" => DoAsync(request, () => engine.PurgeAsync(runtime, subject, cancelled)),
            var action when action.StartsWith(RaiseEvent) && !action[RaiseEvent.Length..].Contains('/') => RaiseAsync(request, subject, ByteString.ToText(action[RaiseEvent.Length..].ToString())),
            _ => null,
        };
    }

    /// <summary>The fields that Dapr has for an instance.</summary>
    public static SortedDictionary<string, string> PropertiesOf(WorkflowInstance instance)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (instance.Input is { } input)
        {
            properties["dapr.workflow.input"] = input;
        }

        if (instance.Failure is { } failure)
        {
            properties["dapr.workflow.failure.error_type"] = failure.Type;
            properties["dapr.workflow.failure.error_message"] = failure.Message;
        }
        else if (instance.Output is { } output)
        {
            properties["dapr.workflow.output"] = output;
        }

        return properties;
    }

    /// <summary>That of the call, for what it starts.</summary>
    public static string? TraceOf(SidecarRequest request) => request.Trace.IsSet ? request.Trace.ToHeader() : null;

    public static string NameOf(WorkflowStatus status) => status.ToString().ToUpperInvariant();

    private Task RaiseAsync(SidecarRequest request, string id, string name)
        => DoAsync(request, () => engine.RaiseEventAsync(request.Runtime, id, name, request.Http.RequestAborted));

    private Task StartAsync(SidecarRequest request, string name) => AnswerAsync(request, async () =>
    {
        var http = request.Http;
        var input = Encoding.UTF8.GetString((await RequestBody.ReadAsync(http.Request, http.RequestAborted)).Span);
        engine.RefuseOtherApp(http.Request.Query["appID"].ToString(), name);
        var start = new WorkflowStart(name, http.Request.Query["instanceID"].ToString(), input) { Trace = TraceOf(request) };
        var id = await engine.StartAsync(request.Runtime, start, http.RequestAborted);
        await WriteAsync(http, StatusCodes.Status202Accepted, writer => writer.WriteString("instanceID", id));
    });

    private Task GetAsync(SidecarRequest request, string id) => AnswerAsync(request, async () =>
    {
        var instance = await engine.FindAsync(request.Runtime, id, request.Http.RequestAborted) ?? throw WorkflowException.NotFound(id);
        await WriteAsync(request.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteString("instanceID", instance.Id);
            writer.WriteString("workflowName", instance.Name);
            writer.WriteString("createdAt", Time(instance.CreatedAt));
            writer.WriteString("lastUpdatedAt", Time(instance.UpdatedAt));
            writer.WriteString("runtimeStatus", NameOf(instance.Status));
            writer.WriteStartObject("properties");
            foreach (var (key, value) in PropertiesOf(instance))
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        });
    });

    private Task DoAsync(SidecarRequest request, Func<Task> act) => AnswerAsync(request, async () =>
    {
        engine.RefuseOtherApp(request.Http.Request.Query["appID"].ToString(), string.Empty);
        await act();
        await WriteAsync(request.Http, StatusCodes.Status202Accepted, static _ => { });
    });

    private static async Task AnswerAsync(SidecarRequest request, Func<Task> answer)
    {
        try
        {
            await answer();
        }
        catch (WorkflowException failure)
        {
            await DaprErrors.WriteAsync(request.Http, failure.Status, failure.Code, failure.Message);
        }
    }

    private static Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, DaprJson.Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return DaprErrors.WriteAsync(http, status, "application/json", buffer.WrittenMemory);
    }

    /// <summary>RFC 3339, as Go's JSON has a protobuf timestamp.</summary>
    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
