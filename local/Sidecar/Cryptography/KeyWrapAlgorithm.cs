namespace McpAspire.Sidecar.Cryptography;

/// <summary>How the key of a document is wrapped (RFC 7518, section 4); the numbers are those of a manifest.</summary>
internal enum KeyWrapAlgorithm
{
    Aes256KeyWrap = 1,

    /// <summary>Has a number and a name, and no initialization vector in a manifest: no component of daprd can wrap with it either.</summary>
    Aes128Cbc = 2,

    /// <inheritdoc cref="Aes128Cbc"/>
    Aes192Cbc = 3,

    /// <inheritdoc cref="Aes128Cbc"/>
    Aes256Cbc = 4,

    RsaOaep256 = 5,
}

internal static class KeyWrapAlgorithms
{
    /// <summary>In upper case; null: there is none of that name.</summary>
    public static KeyWrapAlgorithm? Named(string name) => name switch
    {
        "A256KW" or "AES" => KeyWrapAlgorithm.Aes256KeyWrap,
        "A128CBC-NOPAD" => KeyWrapAlgorithm.Aes128Cbc,
        "A192CBC-NOPAD" => KeyWrapAlgorithm.Aes192Cbc,
        "A256CBC-NOPAD" => KeyWrapAlgorithm.Aes256Cbc,
        "RSA-OAEP-256" or "RSA" => KeyWrapAlgorithm.RsaOaep256,
        _ => null,
    };

    /// <summary>As a JSON Web Key names it in <c>alg</c>.</summary>
    public static string Name(this KeyWrapAlgorithm algorithm) => algorithm switch
    {
        KeyWrapAlgorithm.Aes256KeyWrap => "A256KW",
        KeyWrapAlgorithm.Aes128Cbc => "A128CBC-NOPAD",
        KeyWrapAlgorithm.Aes192Cbc => "A192CBC-NOPAD",
        KeyWrapAlgorithm.Aes256Cbc => "A256CBC-NOPAD",
        _ => "RSA-OAEP-256",
    };
}
