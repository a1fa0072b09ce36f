namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.nameResolution</c>: only the components of Dapr that need no server; both mean this sidecar's own way.</summary>
internal static class NameResolution
{
    private static readonly string[] _known = ["mdns", "sqlite"];

    public static void Check(YamlMap resolution)
    {
        resolution.Only("component", "version", "configuration");
        if (resolution.Text("component") is { Length: > 0 } component && !_known.Contains(component))
        {
            throw new ResourceException(resolution.PositionOf("component"), $"'spec.nameResolution.component' is '{component}', which is not part of this sidecar; known are {string.Join(" and ", _known)}, and both find the sidecars of the same user on this machine.") { Rule = ProblemRules.NotEmbedded };
        }
    }
}
