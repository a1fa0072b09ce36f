using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.PubSub;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.Workflows;

namespace McpAspire.Sidecar.Grpc;

/// <summary>The parts of the sidecar that <see cref="DaprService"/> and <see cref="TaskHubService"/> call: those of the HTTP API. Each building block adds its own.</summary>
internal sealed record DaprParts
{
    public required ApiCalls Calls { get; init; }

    public required SidecarOptions Options { get; init; }

    public required AppReadiness Readiness { get; init; }

    public required Invoker Invoker { get; init; }

    public required MetadataApi Metadata { get; init; }

    public required SecretsApi Secrets { get; init; }

    public required ShutdownApi Shutdown { get; init; }

    public required StateAccess State { get; init; }

    public required Publisher Publisher { get; init; }

    public required OutputBindings OutputBindings { get; init; }

    public required DocumentCryptography Documents { get; init; }

    public required AppFeeds Feeds { get; init; }

    public required WorkflowEngine Workflows { get; init; }
}
