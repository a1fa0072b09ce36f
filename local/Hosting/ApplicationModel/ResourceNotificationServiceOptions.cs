namespace Aspire.Hosting.ApplicationModel;

/// <summary>How waiting behaves when nothing else is said.</summary>
public sealed class ResourceNotificationServiceOptions
{
    /// <summary>What happens when the resource waited for cannot come.</summary>
    public WaitBehavior DefaultWaitBehavior { get; set; }
}
