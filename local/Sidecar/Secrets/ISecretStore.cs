namespace McpAspire.Sidecar.Secrets;

/// <summary>A secret store component.</summary>
internal interface ISecretStore
{
    string Name { get; }

    /// <summary>The values of a secret by key; null when the store has no such secret.</summary>
    IReadOnlyDictionary<string, string>? Get(string secret);

    /// <summary>The same for a request. Throws <see cref="SecretStoreException"/> when the store does not answer.</summary>
    ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string secret, CancellationToken cancellationToken) => new(Get(secret));

    /// <summary>The names of all secrets.</summary>
    IEnumerable<string> Names { get; }
}
