namespace McpAspire.Sidecar.Cryptography;

/// <summary>One key that is not there, or not for this. Who decrypts is not told, or could ask which keys there are.</summary>
internal sealed class KeyException(string reason) : Exception(reason);
