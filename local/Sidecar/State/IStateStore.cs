using McpAspire.Sidecar.Components;

namespace McpAspire.Sidecar.State;

/// <summary>A state store component.</summary>
internal interface IStateStore : IEmbeddedComponent
{
}
