using McpAspire.Sidecar.Components.Pluggable;
using McpAspire.Sidecar.PubSub;
using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Resources;

/// <summary>All resources of a run that are in scope of the app, and the components that are not (named in errors).</summary>
internal sealed record ResourceSet(
    ConfigurationResource Configuration,
    IReadOnlyList<ComponentResource> Components,
    IReadOnlyList<ComponentResource> OutOfScope,
    IReadOnlyList<HttpEndpointResource> HttpEndpoints,
    IReadOnlyList<ResiliencyDocument> Resiliency,
    PolicyCatalog Policies,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Components that are here, that another process offers, or that nobody has.</summary>
    public IEnumerable<ComponentResource> Served(ComponentSockets sockets) => Components.Where(component => !sockets.LeaveOut(component));

    public IEnumerable<ComponentResource> NotServed(ComponentSockets sockets) => Components.Where(sockets.LeaveOut);

    /// <summary>In the order that they were read in.</summary>
    public IReadOnlyList<TopicSubscription> Subscriptions { get; init; } = [];

    public IReadOnlyList<McpServerResource> McpServers { get; init; } = [];

    /// <summary>Names of resources that are listed and have no effect.</summary>
    public IReadOnlyList<string> WorkflowAccessPolicies { get; init; } = [];

    /// <summary>What all of it was read from.</summary>
    public ResourceFiles Files { get; init; } = ResourceFiles.None;
}

/// <summary>Where a Resiliency document stands; daprd reads only the first document of a file.</summary>
internal sealed record ResiliencyDocument(Position Position, bool IsFirstInFile);
