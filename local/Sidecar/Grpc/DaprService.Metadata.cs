using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Grpc;

/// <summary>What runs here, as <see cref="MetadataApi"/> says it over HTTP.</summary>
internal sealed partial class DaprService
{
    public override Task<GetMetadataResponse> GetMetadata(GetMetadataRequest request, ServerCallContext context)
        => Calls.RunAsync(context, new ApiCall("metadata", HttpMethods.Get, "/v1.0/metadata"), sent => Task.FromResult<GetMetadataResponse?>(Describe(sent.Runtime)));

    public override Task<Empty> SetMetadata(SetMetadataRequest request, ServerCallContext context)
        => Calls.RunAsync(context, new ApiCall("metadata", HttpMethods.Put, $"/v1.0/metadata/{ApiPath.Part(request.Key)}"), async sent =>
            await parts.Metadata.TrySetAsync(sent.Http, request.Key, Encoding.UTF8.GetBytes(request.Value)) ? new Empty() : null);

    private GetMetadataResponse Describe(RuntimeSnapshot runtime)
    {
        var isReady = parts.Readiness.IsReady;
        var response = new GetMetadataResponse
        {
            Id = runtime.AppId,
            RuntimeVersion = MetadataApi.RuntimeVersion,
            AppConnectionProperties = AppConnection(parts.Options),
            ActorRuntime = new ActorRuntime
            {
                RuntimeStatus = isReady ? ActorRuntime.Types.ActorRuntimeStatus.Disabled : ActorRuntime.Types.ActorRuntimeStatus.Initializing,
                Placement = isReady ? "placement: disconnected" : string.Empty,
            },
        };
        response.EnabledFeatures.Add(MetadataApi.EnabledFeatures(runtime));
        response.RegisteredComponents.Add(runtime.Components.Select(component => Describe(component, runtime)));
        response.Subscriptions.Add((parts.Feeds.Subscriptions?.All ?? runtime.Subscriptions).Select(Describe));
        response.HttpEndpoints.Add(runtime.Endpoints.Keys.Select(name => new MetadataHTTPEndpoint { Name = name }));
        response.McpServers.Add(runtime.McpServers.Names.Select(name => new MetadataMCPServer { Name = name }));
        response.WorkflowAccessPolicies.Add(runtime.WorkflowAccessPolicies.Select(name => new MetadataWorkflowAccessPolicy { Name = name }));
        response.Resiliencies.Add(runtime.Resiliencies.Select(name => new MetadataResiliency { Name = name }));
        foreach (var (key, value) in parts.Metadata.Extended)
        {
            response.ExtendedMetadata[key] = value;
        }

        return response;
    }

    private static RegisteredComponents Describe(ComponentResource component, RuntimeSnapshot runtime) => new()
    {
        Name = component.Name,
        Type = component.Type,
        Version = component.Version,
        Capabilities = { runtime.Embedded.Find<IEmbeddedComponent>(component.Name)?.Capabilities ?? [] },
    };

    private static PubsubSubscription Describe(PubSub.TopicSubscription subscription) => new()
    {
        PubsubName = subscription.PubSub,
        Topic = subscription.Topic,
        DeadLetterTopic = subscription.DeadLetterTopic,
        Metadata = { subscription.Metadata.ToDictionary() },
        Rules = new PubsubSubscriptionRules { Rules = { subscription.Rules.Select(rule => new PubsubSubscriptionRule { Match = rule.Match?.ToString() ?? string.Empty, Path = rule.Path }) } },
        Type = subscription.Type switch
        {
            PubSub.SubscriptionType.Declarative => PubsubSubscriptionType.Declarative,
            PubSub.SubscriptionType.Programmatic => PubsubSubscriptionType.Programmatic,
            _ => PubsubSubscriptionType.Streaming,
        },
    };

    private static AppConnectionProperties AppConnection(SidecarOptions options) => new()
    {
        Port = options.AppPort,
        Protocol = options.AppProtocol,
        ChannelAddress = options.AppChannelAddress,
        MaxConcurrency = options.AppMaxConcurrency,
        Health = options.AppHealthCheck is not { } check ? null : new AppConnectionHealthProperties
        {
            HealthCheckPath = options.IsGrpcApp ? string.Empty : check.Path,
            HealthProbeInterval = MetadataApi.Duration(check.Interval),
            HealthProbeTimeout = MetadataApi.Duration(check.Timeout),
            HealthThreshold = check.Threshold,
        },
    };
}
