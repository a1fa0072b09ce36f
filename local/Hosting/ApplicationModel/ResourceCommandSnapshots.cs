namespace Aspire.Hosting.ApplicationModel;

internal static class ResourceCommandSnapshots
{
    /// <summary>The snapshot with the commands that its resource has, each in its present state.</summary>
    public static CustomResourceSnapshot Apply(CustomResourceSnapshot snapshot, IResource resource, IServiceProvider services)
    {
        var commands = resource.Annotations.OfType<ResourceCommandAnnotation>().ToList();
        if (commands.Count == 0)
        {
            return snapshot;
        }

        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = services };
        return snapshot with { Commands = [.. commands.Select(command => Of(command, context))] };
    }

    private static ResourceCommandSnapshot Of(ResourceCommandAnnotation command, UpdateCommandStateContext context) => new(
        command.Name,
        command.UpdateState(context),
        command.DisplayName,
        command.DisplayDescription,
        command.Parameter,
        command.ConfirmationMessage,
        command.IconName,
        command.IconVariant,
        command.IsHighlighted);
}
