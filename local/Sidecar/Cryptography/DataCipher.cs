namespace McpAspire.Sidecar.Cryptography;

/// <summary>What the data of a document are encrypted with, authenticated (RFC 5116); the numbers are those of a manifest.</summary>
internal enum DataCipher
{
    AesGcm = 1,

    /// <summary>RFC 8439.</summary>
    ChaCha20Poly1305 = 2,
}

internal static class DataCiphers
{
    /// <summary>In upper case; null: there is none of that name.</summary>
    public static DataCipher? Named(string name) => name switch
    {
        "AES-GCM" => DataCipher.AesGcm,
        "CHACHA20-POLY1305" => DataCipher.ChaCha20Poly1305,
        _ => null,
    };
}
