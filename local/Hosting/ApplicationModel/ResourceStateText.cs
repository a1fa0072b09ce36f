namespace Aspire.Hosting.ApplicationModel;

internal static class ResourceStateText
{
    /// <summary>The state in words, with the exit code when there is one.</summary>
    public static string Of(CustomResourceSnapshot snapshot)
    {
        var state = snapshot.State?.Text ?? "unknown";
        var isOver = state == KnownResourceStates.Finished || state == KnownResourceStates.Exited;
        return isOver && snapshot.ExitCode is { } code ? $"{state} (exit code {code})" : state;
    }
}
