using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Token;

/// <summary>One grant type of the token endpoint.</summary>
internal interface IGrant
{
    string Type { get; }

    JsonObject Handle(TokenRequest request);
}
