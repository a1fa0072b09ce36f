namespace McpAspire.Sidecar.Workflows;

/// <summary>With the numbers that Dapr's workflow protocol has for them.</summary>
internal enum WorkflowStatus
{
    Running = 0,
    Completed = 1,
    Failed = 3,
    Terminated = 5,
    Pending = 6,
    Suspended = 7,
}
