using McpAspire.Sidecar.Workflows;

namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.workflow</c> of a Configuration: how long instances that are over are kept. Null: until they are purged.</summary>
internal sealed record WorkflowSettings(TimeSpan? Completed, TimeSpan? Failed, TimeSpan? Terminated)
{
    public static readonly WorkflowSettings Default = new(null, null, null);

    public static WorkflowSettings Read(YamlMap workflow)
    {
        workflow.Only("maxConcurrentWorkflowInvocations", "maxConcurrentActivityInvocations", "stateRetentionPolicy");
        if (workflow.Map("stateRetentionPolicy")?.Only("anyTerminal", "completed", "failed", "terminated") is not { } retention)
        {
            return Default;
        }

        var any = Time(retention, "anyTerminal");
        return new WorkflowSettings(Time(retention, "completed") ?? any, Time(retention, "failed") ?? any, Time(retention, "terminated") ?? any);
    }

    public TimeSpan? RetentionOf(WorkflowStatus status) => status switch
    {
        WorkflowStatus.Completed => Completed,
        WorkflowStatus.Failed => Failed,
        WorkflowStatus.Terminated => Terminated,
        _ => null,
    };

    private static TimeSpan? Time(YamlMap retention, string key) => retention.Has(key) ? GoDuration.Required(retention, key) : null;
}
