namespace McpAspire.Sidecar.Cryptography;

/// <summary>A JSON Web Key Set, wherever it is.</summary>
internal interface IKeySet : IDisposable
{
    /// <summary>Null: no key has that <c>kid</c>. Throws <see cref="CryptoException"/> when the set cannot be had.</summary>
    ValueTask<WrappingKey?> FindAsync(string id, CancellationToken cancellationToken);
}
