namespace McpAspire.AppHost.Health;

/// <summary>What a sidecar must show before it counts as healthy.</summary>
internal enum SidecarProof
{
    /// <summary>An MCP call without a token gets 401.</summary>
    RefusesWithoutToken,

    /// <summary>An MCP call without a session gets 302 to the provider.</summary>
    SendsToSignIn,

    /// <summary>An MCP call gets a JSON-RPC answer, with the token that the sidecar obtained itself.</summary>
    AnswersMcp,
}
