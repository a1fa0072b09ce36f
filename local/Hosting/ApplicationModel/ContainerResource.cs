namespace Aspire.Hosting.ApplicationModel;

/// <summary>A container. The local engine starts none: it refuses a model that has one.</summary>
public class ContainerResource(string name, string? entrypoint = null) : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>The program inside the container.</summary>
    public string? Entrypoint { get; set; } = entrypoint;
}
