namespace McpAspire.AppHost;

/// <summary>The executable of a sidecar, the health check that proves it, and the app whose dependencies it shares.</summary>
internal sealed record ProvenSidecar(string Resource, string HealthCheckKey, ProjectResource App);
