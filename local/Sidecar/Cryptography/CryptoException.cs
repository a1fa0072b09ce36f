namespace McpAspire.Sidecar.Cryptography;

/// <summary>What the cryptography API answers when it does not do what it was asked, as Dapr says it. Never with anything of a key.</summary>
internal sealed class CryptoException : Exception
{
    private CryptoException(int status, string code, string message)
        : base(message) => (Status, Code) = (status, code);

    /// <summary>Over HTTP.</summary>
    public int Status { get; }

    public string Code { get; }

    public static CryptoException NotConfigured() => new(StatusCodes.Status500InternalServerError, "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED", "crypto providers not configured");

    public static CryptoException NotFound(string component) => new(StatusCodes.Status400BadRequest, "ERR_CRYPTO_PROVIDER_NOT_FOUND", $"crypto provider {component} not found");

    public static CryptoException BadRequest(string reason) => new(StatusCodes.Status400BadRequest, "ERR_BAD_REQUEST", $"invalid request: {reason}");

    public static CryptoException Failed(string reason) => new(StatusCodes.Status500InternalServerError, "ERR_CRYPTO", $"failed to perform operation: {reason}");
}
