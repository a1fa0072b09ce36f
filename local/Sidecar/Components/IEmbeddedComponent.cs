namespace McpAspire.Sidecar.Components;

/// <summary>
/// A component of a building block that runs in this process. <see cref="IDisposable.Dispose"/> is called once its resource is
/// gone or another one; a request that came before may still be using it then.
/// </summary>
internal interface IEmbeddedComponent : IDisposable
{
    /// <summary>What Dapr's metadata calls its capabilities.</summary>
    IReadOnlyList<string> Capabilities { get; }

    /// <summary>Called once, when the resources that it belongs to have become the current ones.</summary>
    void Start()
    {
    }
}
