using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Preflight;

internal enum Severity
{
    Warning,
    Error,
}

/// <summary>Something that a sidecar would refuse, or worse, run with.</summary>
internal sealed record Finding(Rule Rule, Position Position, string Message, string Mend)
{
    public Finding(Rule rule, Position position, string message)
        : this(rule, position, message, rule.Mend)
    {
    }

    public Severity Severity => Rule.Severity;
}
