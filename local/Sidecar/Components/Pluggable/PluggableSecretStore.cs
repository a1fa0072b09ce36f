using Grpc.Core;
using McpAspire.Sidecar.Components.Pluggable.Protocol;
using McpAspire.Sidecar.Secrets;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>A secret store in another process. Its names are not asked for: only what is named is answered.</summary>
internal sealed class PluggableSecretStore(ComponentConnection connection, IReadOnlyList<string> features) : ISecretStore, IEmbeddedComponent
{
    private readonly SecretStore.SecretStoreClient _store = new(connection.Invoker);

    public string Name => connection.Name;

    public IReadOnlyList<string> Capabilities => features;

    public IEnumerable<string> Names => [];

    /// <summary>For values of resources: a load waits for them.</summary>
    public IReadOnlyDictionary<string, string>? Get(string secret)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            return Task.Run(() => GetAsync(secret, limit.Token).AsTask()).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is SecretStoreException or OperationCanceledException)
        {
            return null; // what needs it is refused, by its name
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string secret, CancellationToken cancellationToken)
    {
        try
        {
            var found = await connection.CallAsync(options => _store.GetAsync(new GetSecretRequest { Key = secret }, options), cancellationToken);
            return found.Data.Count > 0 ? found.Data : null;
        }
        catch (RpcException exception)
        {
            throw new SecretStoreException(ComponentStatus.Text(exception));
        }
    }

    public void Dispose() => connection.Dispose();
}
