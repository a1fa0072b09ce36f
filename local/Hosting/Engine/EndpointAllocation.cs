using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Engine;

/// <summary>Gives every endpoint its port. There is no proxy: a process listens on the port at which others reach it.</summary>
internal sealed class EndpointAllocation(PortAllocator ports, IConfiguration configuration)
{
    public const string RandomizePortsKey = "DcpPublisher:RandomizePorts";

    private const string Host = "localhost";

    public void Allocate(IEnumerable<IResource> resources)
    {
        var endpoints = resources
            .SelectMany(r => r.Annotations.OfType<EndpointAnnotation>().Select(e => (Resource: r, Endpoint: e)))
            .Where(e => e.Endpoint.AllocatedEndpoint is null)
            .ToList();

        // Fixed ports first, so that none of them is given to somebody else.
        foreach (var (resource, endpoint) in endpoints.OrderBy(e => FixedPort(e.Resource, e.Endpoint) is null))
        {
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, Host, Take(resource, endpoint));
        }
    }

    private int Take(IResource resource, EndpointAnnotation endpoint)
    {
        var owner = $"{resource.Name} ({endpoint.Name})";
        if (FixedPort(resource, endpoint) is not { } port)
        {
            return ports.TakeFree(owner);
        }

        ports.Take(port, owner, checkFree: !resource.HasAnnotationOfType<ExplicitStartupAnnotation>());
        return port;
    }

    private int? FixedPort(IResource resource, EndpointAnnotation endpoint)
    {
        var isRandom = configuration.GetValue<bool>(RandomizePortsKey) && endpoint.IsProxied;
        var port = isRandom ? null : endpoint.Port;
        if (port is { } p && endpoint.TargetPort is { } target && p != target)
        {
            throw new DistributedApplicationException(
                $"Endpoint '{endpoint.Name}' of {resource.Name} has port {p} and target port {target}: the local engine has no proxy between them, give it one of the two.");
        }

        return port ?? endpoint.TargetPort;
    }
}
