using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>Writes JSON with a space after colons and commas, as the recorded requests were: one answer counts columns.</summary>
internal static class SpacedJson
{
    public static string Write(JsonNode? node) => node switch
    {
        JsonObject members => $"{{{string.Join(", ", members.Select(member => $"\"{member.Key}\": {Write(member.Value)}"))}}}",
        JsonArray items => $"[{string.Join(", ", items.Select(Write))}]",
        null => "null",
        _ => node.ToJsonString(),
    };
}
