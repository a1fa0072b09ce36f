using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Components;

/// <summary>The embedded components of one set of resources. The next set takes over those whose resource is unchanged, with all they hold.</summary>
internal sealed class EmbeddedSet
{
    public static readonly EmbeddedSet Empty = new();

    private readonly Dictionary<string, (ComponentSettings Settings, IEmbeddedComponent Instance)> _components = new(StringComparer.Ordinal);

    /// <summary>The component of that name, if it is one of these.</summary>
    public T? Find<T>(string name)
        where T : class, IEmbeddedComponent
        => _components.TryGetValue(name, out var found) ? found.Instance as T : null;

    public IEnumerable<(ComponentResource Resource, T Instance)> All<T>()
        where T : class, IEmbeddedComponent
    {
        foreach (var (settings, instance) in _components.Values)
        {
            if (instance is T wanted)
            {
                yield return (settings.Component, wanted);
            }
        }
    }

    /// <returns>That of <paramref name="earlier"/>, where it is the same, or a new one.</returns>
    public IEmbeddedComponent Add(ComponentSettings settings, EmbeddedSet earlier, Func<IEmbeddedComponent> create)
    {
        var instance = earlier._components.TryGetValue(settings.Component.Name, out var found) && settings.IsSameAs(found.Settings)
            ? found.Instance
            : create();
        _components.Add(settings.Component.Name, (settings, instance));
        return instance;
    }

    /// <summary>Starts what <paramref name="earlier"/> did not have, and ends what only it had.</summary>
    public void TakeOverFrom(EmbeddedSet earlier)
    {
        earlier.DisposeExcept(this);
        foreach (var (_, instance) in _components.Values)
        {
            if (!earlier.Has(instance))
            {
                instance.Start();
            }
        }
    }

    public void DisposeExcept(EmbeddedSet kept)
    {
        foreach (var (_, instance) in _components.Values)
        {
            if (!kept.Has(instance))
            {
                instance.Dispose();
            }
        }
    }

    private bool Has(IEmbeddedComponent instance) => _components.Values.Any(component => ReferenceEquals(component.Instance, instance));
}
