using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Bindings;

/// <summary>A sidecar with bindings.</summary>
internal static class BindingRig
{
    public static string Component(string name, string type, params (string Name, string Value)[] metadata)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: bindings.{type}\n  version: v1\n  metadata:\n{string.Concat(metadata.Select(pair => $"  - name: {pair.Name}\n    value: '{pair.Value}'\n"))}---\n";

    public static async Task<SidecarProcess> StartAsync(FeedApp app, TemporaryFolder folder, string resources, CancellationToken cancellationToken, params string[] flags)
    {
        folder.Write("resources/all.yaml", resources);
        var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), .. flags], cancellationToken);
        await sidecar.WaitForReadyAsync(cancellationToken);
        return sidecar;
    }

    public static Task<RawResponse> InvokeAsync(SidecarProcess sidecar, string name, string body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
        => RawClient.PostAsync(sidecar.HttpPort, $"/v1.0/bindings/{name}", body, cancellationToken, headers);
}
