namespace McpAspire.Integration;

/// <summary>Tests that start a stack of their own: one after the other, because each is eight processes.</summary>
[CollectionDefinition(Name)]
public sealed class OneStackAtATime
{
    public const string Name = "one stack at a time";
}
