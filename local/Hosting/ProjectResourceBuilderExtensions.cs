using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.ProjectModel;

namespace Aspire.Hosting;

/// <summary>.NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that the AppHost refers to.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name)
        where TProject : IProjectMetadata, new()
        => builder.AddProject<TProject>(name, _ => { });

    /// <summary>Adds a project that the AppHost refers to, with a launch profile, or with none when it is null.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string? launchProfileName)
        where TProject : IProjectMetadata, new()
        => builder.AddProject<TProject>(name, options => SetProfile(options, launchProfileName));

    /// <summary>Adds a project that the AppHost refers to.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new()
        => builder.Add(name, new TProject(), configure);

    /// <summary>Adds the project of a path.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string projectPath)
        => builder.AddProject(name, projectPath, _ => { });

    /// <summary>Adds the project of a path, with a launch profile, or with none when it is null.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string projectPath,
        string? launchProfileName)
        => builder.AddProject(name, projectPath, options => SetProfile(options, launchProfileName));

    /// <summary>Adds the project of a path.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string projectPath,
        Action<ProjectResourceOptions> configure)
        => builder.Add(name, new ProjectMetadata(Path.GetFullPath(projectPath, builder.AppHostDirectory)), configure);

    /// <summary>The process is told only of the endpoints that a filter lets through.</summary>
    public static IResourceBuilder<ProjectResource> WithEndpointsInEnvironment(
        this IResourceBuilder<ProjectResource> builder,
        Func<EndpointAnnotation, bool> filter)
        => builder.WithAnnotation(new EndpointFilterAnnotation(filter));

    private static IResourceBuilder<ProjectResource> Add(
        this IDistributedApplicationBuilder builder,
        string name,
        IProjectMetadata metadata,
        Action<ProjectResourceOptions> configure)
    {
        var options = new ProjectResourceOptions();
        configure(options);
        return ProjectDefaults.Apply(builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata), metadata, options);
    }

    private static void SetProfile(ProjectResourceOptions options, string? launchProfileName)
    {
        options.LaunchProfileName = launchProfileName;
        options.ExcludeLaunchProfile = launchProfileName is null;
    }
}
