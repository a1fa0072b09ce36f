using Grpc.Core;

namespace McpAspire.Sidecar.Workflows;

/// <summary>What the workflow API answers when it does not do what it was asked, as Dapr says it.</summary>
internal sealed class WorkflowException : Exception
{
    /// <summary>Why nothing can be done.</summary>
    public const string NoState = "api error: code = Internal desc = the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?";

    /// <summary>The words of Dapr's engine for an instance that is not there.</summary>
    public const string Missing = "no such instance exists";

    /// <summary>Of an instance that cannot be purged yet.</summary>
    public const string Unfinished = "orchestration has not yet completed";

    private WorkflowException(int status, StatusCode grpcStatus, string code, string message)
        : base(message) => (Status, GrpcStatus, Code) = (status, grpcStatus, code);

    /// <summary>Over HTTP.</summary>
    public int Status { get; }

    public StatusCode GrpcStatus { get; }

    public string Code { get; }

    public WorkflowProblem Problem { get; private set; }

    public static WorkflowException NotFound(string id)
        => new(StatusCodes.Status404NotFound, StatusCode.NotFound, "ERR_INSTANCE_ID_NOT_FOUND", $"unable to find workflow with the provided instance ID: {id}") { Problem = WorkflowProblem.NoInstance };

    public static WorkflowException InvalidId(string id)
        => BadRequest("ERR_INSTANCE_ID_INVALID", $"workflow instance ID '{id}' is invalid: only alphanumeric and underscore characters are allowed");

    public static WorkflowException LongId(int longest)
        => BadRequest("ERR_INSTANCE_ID_TOO_LONG", $"workflow instance ID exceeds the max length of {longest} characters");

    public static WorkflowException NoId() => BadRequest("ERR_INSTANCE_ID_PROVIDED_MISSING", "no instance ID was provided");

    public static WorkflowException NoName() => BadRequest("ERR_WORKFLOW_NAME_MISSING", "workflow name is not configured");

    public static WorkflowException NoEventName() => BadRequest("ERR_WORKFLOW_EVENT_NAME_MISSING", "missing workflow event name");

    public static WorkflowException NotStarted(string name, string reason) => Failed("ERR_START_WORKFLOW", $"error starting workflow '{name}': {reason}");

    public static WorkflowException Exists(string name, string reason) => NotStarted(name, reason).Of(WorkflowProblem.Exists);

    /// <param name="verb">As of <see cref="NotDone"/>.</param>
    /// <param name="id">Of none.</param>
    /// <param name="reason">What stands before the words that say so.</param>
    public static WorkflowException NoInstance(string verb, string id, string reason) => NotDone(verb, id, reason + Missing).Of(WorkflowProblem.NoInstance);

    public static WorkflowException NotOver(string id) => NotDone("purge", id, Unfinished).Of(WorkflowProblem.NotOver);

    /// <summary>The sidecar stops before what is waited for.</summary>
    public static WorkflowException Stopping() => new(StatusCodes.Status503ServiceUnavailable, StatusCode.Unavailable, "ERR_GET_WORKFLOW", "api server closed");

    /// <param name="verb">Such as <c>terminate</c>.</param>
    public static WorkflowException NotDone(string verb, string id, string reason) => verb switch
    {
        "terminate" => Failed("ERR_TERMINATE_WORKFLOW", $"error terminating workflow '{id}': failed to terminate workflow {id}: failed to submit termination request:: {reason}"),
        "pause" => Failed("ERR_PAUSE_WORKFLOW", $"error pausing workflow {id}: failed to pause workflow {id}: failed to suspend workflow: {reason}"),
        "resume" => Failed("ERR_RESUME_WORKFLOW", $"error resuming workflow {id}: failed to resume workflow {id}: failed to resume workflow: {reason}"),
        "purge" => Failed("ERR_PURGE_WORKFLOW", $"error purging workflow {id}: failed to Purge workflow {id}: failed to purge workflow state: {reason}"),
        "raise" => Failed("ERR_RAISE_EVENT_WORKFLOW", $"error raising event on workflow '{id}': {reason}"),
        _ => Failed("ERR_GET_WORKFLOW", $"error while getting workflow info on instance '{id}': failed to get workflow metadata for '{id}': failed to fetch workflow metadata: failed to load workflow metadata: {reason}"),
    };

    private static WorkflowException BadRequest(string code, string message) => new(StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, code, message);

    private static WorkflowException Failed(string code, string message) => new(StatusCodes.Status500InternalServerError, StatusCode.Internal, code, message);

    private WorkflowException Of(WorkflowProblem problem)
    {
        Problem = problem;
        return this;
    }
}

/// <summary>What the two services over gRPC have different statuses for.</summary>
internal enum WorkflowProblem
{
    None,
    NoInstance,
    Exists,
    NotOver,
}
