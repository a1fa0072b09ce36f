using Aspire.Hosting.ApplicationModel;

namespace CommunityToolkit.Aspire.Hosting.Dapr;

/// <summary>A sidecar.</summary>
public interface IDaprSidecarResource : IResourceWithWaitSupport;

internal sealed class DaprSidecarResource(string name) : Resource(name), IDaprSidecarResource;

/// <summary>A sidecar stands beside the resource.</summary>
public sealed record DaprSidecarAnnotation(IDaprSidecarResource Sidecar) : IResourceAnnotation;

/// <summary>The options of a sidecar.</summary>
public sealed record DaprSidecarOptionsAnnotation(DaprSidecarOptions Options) : IResourceAnnotation;
