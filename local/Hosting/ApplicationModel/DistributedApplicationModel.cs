namespace Aspire.Hosting.ApplicationModel;

/// <summary>Every resource of an application.</summary>
public class DistributedApplicationModel
{
    /// <summary>Creates the model over a live collection.</summary>
    public DistributedApplicationModel(IResourceCollection resources) => Resources = resources;

    /// <summary>Creates the model of the given resources.</summary>
    public DistributedApplicationModel(IEnumerable<IResource> resources)
        : this(new ResourceCollection(resources))
    {
    }

    /// <summary>The resources.</summary>
    public IResourceCollection Resources { get; }
}
