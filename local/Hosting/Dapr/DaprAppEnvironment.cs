using Aspire.Hosting.ApplicationModel;

namespace CommunityToolkit.Aspire.Hosting.Dapr;

/// <summary>The variables by which an app finds its sidecar. What the app has set itself stays.</summary>
internal static class DaprAppEnvironment
{
    public static void Add(EnvironmentCallbackContext context, ExecutableResource sidecar)
    {
        var http = sidecar.GetEndpoint("http");
        var grpc = sidecar.GetEndpoint("grpc");
        context.EnvironmentVariables.TryAdd("DAPR_HTTP_PORT", http.Property(EndpointProperty.Port));
        context.EnvironmentVariables.TryAdd("DAPR_GRPC_PORT", grpc.Property(EndpointProperty.Port));
        context.EnvironmentVariables.TryAdd("DAPR_HTTP_ENDPOINT", http);
        context.EnvironmentVariables.TryAdd("DAPR_GRPC_ENDPOINT", grpc);
    }
}
