using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.PubSub;

/// <summary>A sidecar with a pub/sub component and the app that subscribes to it.</summary>
internal static class PubSubRig
{
    private static readonly string[] _health =
    [
        "--enable-app-health-check", "--app-health-check-path", "/healthz", "--app-health-probe-interval", "3", "--app-health-threshold", "1", "--app-health-probe-timeout", "3000",
    ];

    public static string Component(string name = "bus", string metadata = "")
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: pubsub.in-memory\n  version: v1\n  metadata: [{metadata}]\n---\n";

    public static string Subscription(string topic, string route, string more = "", string name = "", string pubSub = "bus")
        => $"apiVersion: dapr.io/v1alpha1\nkind: Subscription\nmetadata:\n  name: sub-{(name.Length > 0 ? name : topic.Replace('*', 'x'))}\nspec:\n  pubsubname: {pubSub}\n  topic: '{topic}'\n  route: {route}\n{more}---\n";

    public static string Routes(string topic, string routes)
        => $"apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata:\n  name: sub-{topic}\nspec:\n  pubsubname: bus\n  topic: {topic}\n  routes:\n{routes}---\n";

    public static async Task<SidecarProcess> StartAsync(FeedApp app, TemporaryFolder folder, string resources, CancellationToken cancellationToken, bool watchesHealth = false, IReadOnlyDictionary<string, string>? environment = null, params string[] flags)
    {
        folder.Write("resources/all.yaml", resources);
        var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), .. watchesHealth ? _health : [], .. flags],
            cancellationToken,
            environment: environment);
        await sidecar.WaitForReadyAsync(cancellationToken);
        return sidecar;
    }

    public static Task<RawResponse> PublishAsync(SidecarProcess sidecar, string topic, string body, CancellationToken cancellationToken, string contentType = "application/json", string query = "")
        => RawClient.PostAsync(sidecar.HttpPort, $"/v1.0/publish/bus/{topic}{query}", body, cancellationToken, ("Content-Type", contentType));
}
