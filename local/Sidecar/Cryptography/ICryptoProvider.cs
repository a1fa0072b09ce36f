using McpAspire.Sidecar.Components;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>A component that has keys.</summary>
internal interface ICryptoProvider : IEmbeddedComponent
{
    /// <summary>The key of that name, which the caller disposes. Throws <see cref="KeyException"/>, or <see cref="CryptoException"/> when no key at all can be had.</summary>
    ValueTask<WrappingKey> FindAsync(string name, CancellationToken cancellationToken);
}
