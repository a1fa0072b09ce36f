namespace McpAspire.Sidecar.Resources;

/// <summary>A resource that cannot be used as written. The message starts with file and line.</summary>
internal sealed class ResourceException : Exception
{
    public ResourceException(Position position, string message)
        : base($"{position}: {message}") => Position = position;

    public ResourceException(Position position, string message, Exception inner)
        : base($"{position}: {message}", inner) => Position = position;

    public Position Position { get; }

    /// <summary>What daprd says when it ends over the same; scripts look for it.</summary>
    public string? AsDapr { get; init; }

    /// <summary>Why the start ends.</summary>
    public string Fatal => AsDapr is null ? Message : $"{AsDapr} ({Message})";

    /// <summary>The rule of <c>check</c> that it breaks.</summary>
    public string Rule { get; init; } = ProblemRules.Invalid;
}

/// <summary>Where something is written.</summary>
internal readonly record struct Position(string File, int Line)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}" : File;
}
