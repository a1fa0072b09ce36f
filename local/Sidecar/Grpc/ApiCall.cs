namespace McpAspire.Sidecar.Grpc;

/// <summary>A call of the gRPC API, as the HTTP request that means the same: httpPipeline judges it by that.</summary>
/// <param name="Group">As <c>spec.api</c> names it.</param>
/// <param name="Verb">Of the HTTP API.</param>
/// <param name="Path">Of the HTTP API, not encoded.</param>
internal sealed record ApiCall(string Group, string Verb, string Path)
{
    /// <summary>As <c>spec.api</c> names it.</summary>
    public string Version { get; init; } = "v1";

    /// <summary>Without its question mark.</summary>
    public string Query { get; init; } = string.Empty;

    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = string.Empty;

    /// <summary>What a message says of its data beside their type.</summary>
    public string DataTypeUrl { get; init; } = string.Empty;
}
