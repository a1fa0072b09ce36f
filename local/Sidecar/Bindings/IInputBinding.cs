using McpAspire.Sidecar.Components;

namespace McpAspire.Sidecar.Bindings;

/// <summary>A binding that calls the app.</summary>
internal interface IInputBinding : IEmbeddedComponent
{
    InputRoute Route { get; }

    /// <summary>Calls <paramref name="trigger"/> for each event until it is cancelled; those that have begun are finished.</summary>
    Task RunAsync(Func<BindingEvent, Task<BindingReply>> trigger, CancellationToken cancellationToken);
}

/// <summary>What the app is told.</summary>
internal sealed record BindingEvent(byte[] Data, IReadOnlyList<KeyValuePair<string, string>> Metadata)
{
    /// <summary>Never its data or metadata.</summary>
    public override string ToString() => nameof(BindingEvent);
}

/// <summary>What the app answered; the problem is empty when it has handled the event.</summary>
internal readonly record struct BindingReply(ReadOnlyMemory<byte> Data, string Problem)
{
    public bool IsHandled => Problem.Length == 0;

    public int? HttpStatus { get; init; }

    public int? GrpcStatus { get; init; }
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
