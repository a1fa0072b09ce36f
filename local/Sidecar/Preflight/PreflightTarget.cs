namespace McpAspire.Sidecar.Preflight;

/// <summary>Which sidecar the resources are for: what is a hole under daprd can be safe here.</summary>
internal enum PreflightTarget
{
    Embedded,
    Daprd,
}
