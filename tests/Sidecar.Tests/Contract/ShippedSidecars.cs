using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Three sidecars with the shipped <c>components/</c>, a provider in the place of the realm, and an app behind the server's.</summary>
internal sealed class ShippedSidecars(RawServer app) : IAsyncDisposable
{
    public const string Realm = "http://localhost:8080/realms/mcp";

    public static readonly string[] Apps = ["server", "console", "agent"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, SidecarProcess> _sidecars = [];

    public FakeProvider Provider { get; } = new();

    /// <summary>Changes a file of the components.</summary>
    public Func<string, string> Change { get; init; } = static text => text;

    public SidecarProcess this[string name] => _sidecars[name];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Provider.TokenText = _ => Provider.Key.Sign(Provider.Claims());
        foreach (var name in Apps)
        {
            _sidecars[name] = await StartAsync(name, cancellationToken);
        }

        foreach (var sidecar in _sidecars.Values)
        {
            await sidecar.WaitForReadyAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sidecar in _sidecars.Values)
        {
            await sidecar.DisposeAsync();
        }

        await Provider.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<SidecarProcess> StartAsync(string name, CancellationToken cancellationToken)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "components", "mcp-" + name);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            // Only where calls go to is changed; what a browser is sent to stays as it is.
            var text = File.ReadAllText(file)
                .Replace($"{Realm}/protocol/openid-connect/token", $"{Provider.Issuer}/token", StringComparison.Ordinal)
                .Replace($"\"{Realm}\"", $"\"{Provider.Issuer}\"", StringComparison.Ordinal);
            if (name != "server")
            {
                text = text.Replace("127.0.0.1:3501", $"127.0.0.1:{_sidecars["server"].HttpPort}", StringComparison.Ordinal);
            }

            text = Change(text);
            _folder.Write(Path.Combine(name, Path.GetRelativePath(source, file)), text);
        }

        return await SidecarProcess.StartAsync(
            [
                "--app-id", "mcp-" + name, .. name == "server" ? ["--app-port", app.Port.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
                "--config", _folder.PathOf($"{name}/config.yaml"), "--resources-path", _folder.PathOf($"{name}/resources"),
            ],
            cancellationToken,
            environment: new Dictionary<string, string> { ["MCP_AGENT_SECRET"] = "a", ["MCP_CONSOLE_SECRET"] = "b", ["MCP_AUDIT_SECRET"] = "c" });
    }
}
