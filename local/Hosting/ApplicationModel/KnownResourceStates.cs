namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states of a resource, as text.</summary>
public static class KnownResourceStates
{
    /// <summary>The resource is not started before someone asks for it.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>The resource waits for another.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>The resource is being started.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>The resource runs.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>The resource could not be started.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>What the resource needs to run is unhealthy.</summary>
    public static readonly string RuntimeUnhealthy = nameof(RuntimeUnhealthy);

    /// <summary>The resource is being stopped.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>The resource was stopped.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>The resource ended by itself.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>The resource is there and has no process.</summary>
    public static readonly string Active = nameof(Active);

    /// <summary>The parameter has no value.</summary>
    public static readonly string ValueMissing = nameof(ValueMissing);

    /// <summary>The states that a resource does not leave by itself.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

/// <summary>How a state looks.</summary>
public static class KnownResourceStateStyles
{
    /// <summary>Good.</summary>
    public static readonly string Success = "success";

    /// <summary>Bad.</summary>
    public static readonly string Error = "error";

    /// <summary>Neutral.</summary>
    public static readonly string Info = "info";

    /// <summary>Doubtful.</summary>
    public static readonly string Warn = "warning";
}

/// <summary>The kinds of resources.</summary>
public static class KnownResourceTypes
{
    /// <summary>A .NET project.</summary>
    public static readonly string Project = "Project";

    /// <summary>A program.</summary>
    public static readonly string Executable = "Executable";

    /// <summary>A container.</summary>
    public static readonly string Container = "Container";

    /// <summary>A parameter.</summary>
    public static readonly string Parameter = "Parameter";
}

/// <summary>The names of the properties that the dashboard knows.</summary>
public static class CustomResourceKnownProperties
{
    /// <summary>Where the resource comes from.</summary>
    public static string Source { get; } = "resource.source";

    /// <summary>The connection string.</summary>
    public static string ConnectionString { get; } = "resource.connectionString";
}
