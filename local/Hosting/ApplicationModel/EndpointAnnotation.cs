using System.Diagnostics;
using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint on which a resource listens.</summary>
[DebuggerDisplay("Type = {GetType().Name,nq}, Name = {Name}")]
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AllocatedEndpoint? _allocatedEndpoint;

    /// <summary>Creates an endpoint.</summary>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : protocol.ToString().ToLowerInvariant());
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsExplicitlyProxied = isProxied;
        IsProxied = isProxied ?? true;
    }

    /// <summary>The name, unique in the resource.</summary>
    public string Name { get; set; }

    /// <summary>The network protocol.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary>The port at which others reach it.</summary>
    public int? Port { get; set; }

    /// <summary>The port on which the process listens.</summary>
    public int? TargetPort { get; set; }

    /// <summary>The host on which the process listens.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>The scheme of its address.</summary>
    public string UriScheme { get; set; }

    /// <summary>The transport, such as <c>http2</c>.</summary>
    public string Transport { get; set; }

    /// <summary>It is meant for the world outside the application.</summary>
    public bool IsExternal { get; set; }

    /// <summary>A proxy may stand before it. The local engine has none: the process listens on the port itself.</summary>
    public bool IsProxied { get; set; }

    /// <summary>What was asked for with regard to a proxy.</summary>
    public bool? IsExplicitlyProxied { get; set; }

    /// <summary>A reference to the whole resource leaves it out.</summary>
    public bool ExcludeReferenceEndpoint { get; set; }

    /// <summary>It speaks TLS.</summary>
    public bool TlsEnabled { get; set; }

    /// <summary>Where it is, once that is known.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocatedEndpoint;
        set
        {
            _allocatedEndpoint = value;
            if (value is not null)
            {
                _allocated.TrySetResult(value);
            }
        }
    }

    /// <summary>The environment variable that tells the process its port.</summary>
    internal string? TargetPortEnvironmentVariable { get; set; }

    internal Task<AllocatedEndpoint> WaitAllocatedAsync(CancellationToken cancellationToken) => _allocated.Task.WaitAsync(cancellationToken);
}
