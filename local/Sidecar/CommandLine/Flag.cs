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
/// <param name="Default">What it is when it is not there; of a flag without effect: what Dapr's help says.</param>
internal sealed record Flag(string Name, FlagKind Kind = FlagKind.Text, FlagUse Use = FlagUse.Honoured, string? ReplacedBy = null, string? Default = null);
