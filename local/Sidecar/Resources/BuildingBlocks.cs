using McpAspire.Sidecar.Components;

namespace McpAspire.Sidecar.Resources;

/// <summary>
/// Dapr's kinds of components. One that daprd has and this sidecar has not protects nothing when it belongs to another building
/// block than ours: the sidecar says so and goes on without it, so that a folder made for daprd can be used here.
/// </summary>
internal static class BuildingBlocks
{
    private static readonly string[] _ours = ["middleware", "nameresolution", "secretstores"];

    public static bool AreOurs(string type) => _ours.Contains(BlockOf(type));

    public static bool AreLeftOut(string type) => DaprComponentTypes.Have(type) && !EmbeddedTypes.Have(type);

    /// <summary>Whether <c>ignoreErrors</c> may take it away when it cannot be made: of a middleware nobody knows what would be open without it.</summary>
    public static bool MayBeIgnored(ComponentResource component) => component.IgnoresErrors && BlockOf(component.Type) != "middleware";

    public static string NotServed(ComponentResource component)
        => $"The component '{component.Name}' ({component.Type}) is not loaded: the embedded sidecar does not have this type.";

    private static string? BlockOf(string type) => type.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? type[..dot] : null;
}
