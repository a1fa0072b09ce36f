namespace McpAspire.Sidecar.Resiliency;

/// <summary>A policy ended a call; the message is Dapr's.</summary>
internal class PolicyException(string message) : Exception(message);

/// <summary>A circuit breaker did not let a call through.</summary>
internal sealed class CircuitOpenException(string message) : PolicyException(message);
