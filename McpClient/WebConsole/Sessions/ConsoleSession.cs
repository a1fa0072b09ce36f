namespace McpAspire.Client.WebConsole.Sessions;

/// <summary>One browser: the value of its own session at the sidecar, never shared with another.</summary>
internal sealed record ConsoleSession
{
    public required string Id { get; init; }

    /// <summary>The value of the sidecar's cookie; a credential.</summary>
    public required string SidecarSession { get; init; }

    /// <summary>Set while the person is on the provider's pages.</summary>
    public PendingSignIn? Pending { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public bool IsSignedIn => Pending is null;

    /// <summary>Without the values: they are credentials.</summary>
    public override string ToString() => IsSignedIn ? "signed-in session" : "session waiting for a sign-in";
}

/// <summary>What the sidecar's login expects back, and where the person wanted to go.</summary>
internal sealed record PendingSignIn(string State, string ReturnPath);
