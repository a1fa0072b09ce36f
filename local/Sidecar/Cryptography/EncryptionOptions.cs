namespace McpAspire.Sidecar.Cryptography;

/// <summary>How to encrypt.</summary>
/// <param name="KeyName">Of the key to wrap with.</param>
/// <param name="Algorithm">To wrap by.</param>
internal sealed record EncryptionOptions(string KeyName, string Algorithm)
{
    /// <summary>Empty: AES-GCM.</summary>
    public string Cipher { get; init; } = string.Empty;

    /// <summary>The document does not say which key it takes.</summary>
    public bool OmitsKeyName { get; init; }

    /// <summary>Of the key to unwrap with; empty: that to wrap with.</summary>
    public string DecryptionKeyName { get; init; } = string.Empty;
}
