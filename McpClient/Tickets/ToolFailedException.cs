namespace McpAspire.Client.Tickets;

/// <summary>A tool ran and reported an error, or returned something that cannot be read.</summary>
internal sealed class ToolFailedException(string tool, string message) : Exception($"{tool}: {message}");
