using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <content>Commands, icons and what is left out of manifests.</content>
public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds a command.</summary>
    public static IResourceBuilder<T> WithCommand<T>(
        this IResourceBuilder<T> builder,
        string name,
        string displayName,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        CommandOptions? commandOptions = null)
        where T : IResource
    {
        var options = commandOptions ?? new CommandOptions();
        foreach (var other in builder.Resource.Annotations.OfType<ResourceCommandAnnotation>().Where(c => c.Name == name).ToList())
        {
            builder.Resource.Annotations.Remove(other);
        }

        return builder.WithAnnotation(new ResourceCommandAnnotation(
            name,
            displayName,
            options.UpdateState ?? (_ => ResourceCommandState.Enabled),
            executeCommand,
            options.Description,
            parameter: null,
            options.ConfirmationMessage,
            options.IconName,
            options.IconVariant,
            options.IsHighlighted));
    }

    /// <summary>Gives the resource an icon by its Fluent name.</summary>
    public static IResourceBuilder<T> WithIconName<T>(
        this IResourceBuilder<T> builder,
        string iconName,
        IconVariant iconVariant = IconVariant.Filled)
        where T : IResource
        => builder.WithAnnotation(new ResourceIconAnnotation(iconName, iconVariant));

    /// <summary>Leaves the resource out of manifests. The local engine writes none.</summary>
    public static IResourceBuilder<T> ExcludeFromManifest<T>(this IResourceBuilder<T> builder)
        where T : IResource
        => builder;
}
