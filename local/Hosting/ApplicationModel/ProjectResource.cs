namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project.</summary>
public class ProjectResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource;

/// <summary>Projects in the model.</summary>
public static class ProjectResourceExtensions
{
    /// <summary>The projects.</summary>
    public static IEnumerable<ProjectResource> GetProjectResources(this DistributedApplicationModel model)
        => model.Resources.OfType<ProjectResource>();

    /// <summary>Where the project is.</summary>
    public static IProjectMetadata GetProjectMetadata(this ProjectResource projectResource)
        => projectResource.Annotations.OfType<IProjectMetadata>().Single();
}
