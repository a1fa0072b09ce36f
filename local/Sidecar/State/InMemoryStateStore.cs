using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.State;

/// <summary><c>state.in-memory</c>: gone when the sidecar ends.</summary>
internal sealed class InMemoryStateStore : IStateStore
{
    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "ACTOR"];

    public static InMemoryStateStore Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings) => new();

    public void Dispose()
    {
    }
}
