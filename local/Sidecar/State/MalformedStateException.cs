namespace McpAspire.Sidecar.State;

/// <summary>A request to the state API that is not what it has to be; over HTTP in Go's words where they are known.</summary>
internal sealed class MalformedStateException(string message) : Exception(message);
