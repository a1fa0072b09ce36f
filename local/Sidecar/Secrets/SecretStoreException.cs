namespace McpAspire.Sidecar.Secrets;

/// <summary>Why a secret store does not answer.</summary>
internal sealed class SecretStoreException(string message) : Exception(message);
