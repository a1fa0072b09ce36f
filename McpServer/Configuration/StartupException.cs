namespace McpAspire.McpServer.Configuration;

/// <summary>The service cannot start, and the message is a sentence that says why.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
