using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Components;

/// <summary>A component type that is here.</summary>
/// <param name="Type">As in <c>spec.type</c>.</param>
/// <param name="Create">Makes one, or throws a <see cref="ResourceException"/>. What means nothing to it goes to the warnings.</param>
internal sealed record EmbeddedType(string Type, Func<ComponentSettings, EmbeddedHost, ICollection<string>, IEmbeddedComponent> Create);
