namespace McpAspire.Sidecar.Workflows;

/// <summary>A workflow that this sidecar itself can run: input and output are JSON. What it throws is how it failed.</summary>
internal delegate Task<string> Workflow(string? input, CancellationToken cancellationToken);
