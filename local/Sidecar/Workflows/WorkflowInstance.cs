using System.Text.Json.Serialization;

namespace McpAspire.Sidecar.Workflows;

/// <summary>One run of a workflow, as it is kept in the state store.</summary>
internal sealed record WorkflowInstance(string Id, string Name, string? Input, DateTimeOffset CreatedAt)
{
    public WorkflowStatus Status { get; init; }

    /// <summary>JSON.</summary>
    public string? Output { get; init; }

    /// <summary>Null: it has not failed.</summary>
    public WorkflowFailure? Failure { get; init; }

    public DateTimeOffset UpdatedAt { get; init; } = CreatedAt;

    /// <summary>It does not begin before.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>The trace that it belongs to, as a <c>traceparent</c>.</summary>
    public string? Trace { get; init; }

    [JsonIgnore]
    public bool IsOver => Status is WorkflowStatus.Completed or WorkflowStatus.Failed or WorkflowStatus.Terminated;
}

internal sealed record WorkflowFailure(string Type, string Message);

/// <summary>Instances that were under way when they were noted, each with the process that runs it.</summary>
internal sealed record WorkflowIndex(Dictionary<string, string> Owners);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkflowInstance))]
[JsonSerializable(typeof(WorkflowIndex))]
internal sealed partial class WorkflowJson : JsonSerializerContext;
