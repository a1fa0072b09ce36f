using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Invocation;

/// <summary>Where calls to one app id go.</summary>
internal sealed record InvocationTarget
{
    /// <summary>Without the slash before the method.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Whether the base URL has a path of its own: an empty method then adds no slash.</summary>
    public bool HasPath { get; init; }

    public required HttpMessageInvoker Client { get; init; }

    /// <summary>Set over the caller's.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Sent as <c>dapr-api-token</c>; only the app behind this sidecar gets it.</summary>
    public string? ApiToken { get; init; }

    /// <summary>The app behind this sidecar, under whatever headers.</summary>
    public bool IsOwnApp { get; init; }

    /// <summary>An app that speaks gRPC: what goes there as HTTP becomes a call of <c>OnInvoke</c>.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>A gRPC status can come from there.</summary>
    public bool HasGrpcStatus => IsGrpc || IsSidecar;

    /// <summary>Another app's sidecar.</summary>
    public bool IsSidecar { get; init; }

    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version11;

    /// <summary>The policies of a Resiliency; null: a call is sent once, and takes as long as it takes.</summary>
    public ResilientTarget? Resilience { get; init; }
}
