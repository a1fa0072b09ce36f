using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Reads a token's payload.</summary>
internal static class TokenClaims
{
    public static JsonObject Read(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();
}
