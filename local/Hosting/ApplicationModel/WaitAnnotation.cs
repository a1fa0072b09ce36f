using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource starts after another.</summary>
[DebuggerDisplay("Resource = {Resource.Name}, WaitType = {WaitType}")]
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    /// <summary>The other.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>What must be true of the other.</summary>
    public WaitType WaitType { get; } = waitType;

    /// <summary>The exit code that counts as success.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>What happens when the other cannot come.</summary>
    public WaitBehavior? WaitBehavior { get; init; }
}

/// <summary>What is waited for.</summary>
public enum WaitType
{
    /// <summary>The resource runs, is healthy and ready.</summary>
    WaitUntilHealthy = 0,

    /// <summary>The resource has ended.</summary>
    WaitForCompletion = 1,

    /// <summary>The resource runs.</summary>
    WaitUntilStarted = 2,
}

/// <summary>What happens when the resource waited for cannot come.</summary>
public enum WaitBehavior
{
    /// <summary>Waiting goes on: someone may start it.</summary>
    WaitOnResourceUnavailable = 0,

    /// <summary>Waiting ends with an exception.</summary>
    StopOnResourceUnavailable = 1,
}
