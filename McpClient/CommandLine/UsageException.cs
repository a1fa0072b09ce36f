namespace McpAspire.Client.CommandLine;

/// <summary>The input cannot be used; the message says which part and what is allowed.</summary>
internal sealed class UsageException(string message) : Exception(message);
