using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary>One sidecar for many tests, with the component <c>keys</c> over the recorded keys.</summary>
public sealed class CryptoSidecar : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal SidecarProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        CryptoRig.CopyKeys(_folder, "keys");
        _folder.Write("resources/keys.yaml", CryptoRig.Component("keys", "localstorage", ("path", _folder.PathOf("keys"))));
        Process = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", _folder.PathOf("resources"), "--log-level", "debug"], CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }
}
