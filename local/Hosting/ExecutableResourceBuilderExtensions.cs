using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Programs.</summary>
public static class ExecutableResourceBuilderExtensions
{
    /// <summary>Adds a program.</summary>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string command,
        string workingDirectory,
        params string[]? args)
        => builder.AddExecutable(name, command, workingDirectory, (object[]?)args);

    /// <summary>Adds a program with arguments that may be values that are known later.</summary>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string command,
        string workingDirectory,
        params object[]? args)
    {
        var folder = Path.GetFullPath(workingDirectory, builder.AppHostDirectory);
        var resource = builder.AddResource(new ExecutableResource(name, command, folder));
        return args is { Length: > 0 } ? resource.WithArgs(args) : resource;
    }

    /// <summary>Starts another program.</summary>
    public static IResourceBuilder<T> WithCommand<T>(this IResourceBuilder<T> builder, string command)
        where T : ExecutableResource
        => builder.Change(executable => executable.Command = command);

    /// <summary>Starts the program in another folder.</summary>
    public static IResourceBuilder<T> WithWorkingDirectory<T>(this IResourceBuilder<T> builder, string workingDirectory)
        where T : ExecutableResource
        => builder.Change(executable =>
            executable.WorkingDirectory = Path.GetFullPath(workingDirectory, builder.ApplicationBuilder.AppHostDirectory));

    private static IResourceBuilder<T> Change<T>(this IResourceBuilder<T> builder, Action<ExecutableAnnotation> change)
        where T : ExecutableResource
    {
        change(builder.Resource.Annotations.OfType<ExecutableAnnotation>().Last());
        return builder;
    }
}

/// <summary>Programs in the model.</summary>
public static class ExecutableResourceExtensions
{
    /// <summary>The programs.</summary>
    public static IEnumerable<ExecutableResource> GetExecutableResources(this DistributedApplicationModel model)
        => model.Resources.OfType<ExecutableResource>();
}
