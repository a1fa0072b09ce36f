namespace McpAspire.Client.Sidecar;

/// <summary>Where the sidecar listens, and which app behind it is called.</summary>
internal sealed record SidecarOptions
{
    public const string DefaultAppId = "mcp-server";

    public required Uri Endpoint { get; init; }

    public string AppId { get; init; } = DefaultAppId;

    /// <summary>The value of <c>DAPR_API_TOKEN</c>: proves to the sidecar that this is its own app.</summary>
    public string? ApiToken { get; init; }

    public Uri McpEndpoint => new(Endpoint, "/mcp");

    public Uri HealthEndpoint => new(Endpoint, "/v1.0/healthz");

    /// <summary>Without the token: a record prints all its members otherwise.</summary>
    public override string ToString() => $"{AppId} through {Endpoint}";
}
