using McpAspire.Sidecar.Components;

namespace McpAspire.Sidecar.Bindings;

/// <summary>A binding that calls the app.</summary>
internal interface IInputBinding : IEmbeddedComponent
{
    InputRoute Route { get; }

    /// <summary>Calls <paramref name="trigger"/> for each event, one at a time, until it is cancelled.</summary>
    Task RunAsync(Func<IReadOnlyList<KeyValuePair<string, string>>, Task> trigger, CancellationToken cancellationToken);
}

/// <summary>Where its events go: metadata <c>route</c> (else the name), and whether <c>direction</c> says that the app wants them.</summary>
internal sealed record InputRoute(string Path, bool IsInput, bool IsExplicit)
{
    public static InputRoute Read(Resources.ComponentSettings settings)
    {
        var directions = settings.List("direction");
        var isExplicit = directions.Contains("input", StringComparer.OrdinalIgnoreCase);
        return new InputRoute(settings.Text("route") ?? settings.Component.Name, isExplicit || directions.Count == 0, isExplicit);
    }
}
