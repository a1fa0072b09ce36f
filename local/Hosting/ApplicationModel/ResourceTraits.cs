namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource whose process gets environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource whose process gets arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that listens on endpoints.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource that can wait for others.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource with probes in a cluster.</summary>
public interface IResourceWithProbes : IResource;

/// <summary>A resource that can be deployed as a process of its own.</summary>
public interface IComputeResource : IResource;

/// <summary>A resource that is never started or stopped.</summary>
public interface IResourceWithoutLifetime : IResource;

/// <summary>A resource that belongs to another.</summary>
public interface IResourceWithParent : IResource
{
    /// <summary>The resource it belongs to.</summary>
    IResource Parent { get; }
}

/// <summary>A resource that belongs to another of a known type.</summary>
public interface IResourceWithParent<out T> : IResourceWithParent
    where T : IResource
{
    /// <summary>The resource it belongs to.</summary>
    new T Parent { get; }

    IResource IResourceWithParent.Parent => Parent;
}
