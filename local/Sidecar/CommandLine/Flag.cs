namespace McpAspire.Sidecar.CommandLine;

internal enum FlagKind
{
    Text,
    List,
    Switch,
}

internal enum FlagUse
{
    /// <summary>Has the effect that Dapr documents.</summary>
    Honoured,

    /// <summary>An older name: honoured, with a warning.</summary>
    Deprecated,

    /// <summary>Accepted so that a Dapr command line works, but about something that is not here (actors, mTLS, Kubernetes).</summary>
    WithoutEffect,
}

/// <summary>One flag of <c>dapr run</c> or daprd.</summary>
internal sealed record Flag(string Name, FlagKind Kind = FlagKind.Text, FlagUse Use = FlagUse.Honoured, string? ReplacedBy = null);
