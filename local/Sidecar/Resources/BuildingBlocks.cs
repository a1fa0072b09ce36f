namespace McpAspire.Sidecar.Resources;

/// <summary>
/// Dapr's kinds of components. Of other building blocks than ours a sidecar protects nothing: it says so and goes on without them,
/// so that a folder made for daprd can be used here.
/// </summary>
internal static class BuildingBlocks
{
    private static readonly string[] _ours = ["middleware", "nameresolution", "secretstores"];
    private static readonly string[] _others = ["bindings", "configuration", "conversation", "crypto", "lock", "pubsub", "state", "workflow"];

    public static bool AreOurs(string type) => _ours.Contains(BlockOf(type));

    public static bool AreOtherThanOurs(string type) => _others.Contains(BlockOf(type));

    public static string NotServed(ComponentResource component)
        => $"The component '{component.Name}' ({component.Type}) is not loaded: the embedded sidecar has no {BlockOf(component.Type)} API.";

    private static string? BlockOf(string type) => type.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? type[..dot] : null;
}
