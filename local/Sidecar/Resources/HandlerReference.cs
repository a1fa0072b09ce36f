namespace McpAspire.Sidecar.Resources;

/// <summary>An entry of a pipeline: the component with this name, type and version.</summary>
internal sealed record HandlerReference(string Name, string Type, string? Version, Position Position)
{
    public static IReadOnlyList<HandlerReference> ReadPipeline(YamlMap spec, string key)
        => spec.Map(key) is not { } pipeline ? [] : [.. pipeline.Only("handlers").Maps("handlers").Select(Read)];

    private static HandlerReference Read(YamlMap handler)
    {
        handler.Only("name", "type", "version", "selector");
        return new HandlerReference(
            handler.Required("name"),
            handler.Required("type"),
            handler.Text("version") is { Length: > 0 } version ? version : null,
            handler.Position);
    }
}
