namespace McpAspire.Sidecar.Resiliency;

/// <summary>A circuit breaker did not let a call through.</summary>
internal sealed class CircuitOpenException(string message) : Exception(message);
