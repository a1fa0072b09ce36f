using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Preflight;

internal enum Severity
{
    Warning,
    Error,
}

/// <summary>Something that a sidecar would refuse, or worse, run with.</summary>
internal sealed record Finding(Severity Severity, string Rule, Position Position, string Message, string Mend);
