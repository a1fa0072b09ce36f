using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Engine;

/// <summary>One line about one resource.</summary>
internal static class StatusLine
{
    /// <summary>What is worth saying about a change, if anything is.</summary>
    public static string? Of(string name, CustomResourceSnapshot? before, CustomResourceSnapshot now, TimeSpan elapsed)
    {
        if (now.HealthStatus == HealthStatus.Healthy && before?.HealthStatus != HealthStatus.Healthy)
        {
            return $"  {name} is healthy ({elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s)";
        }

        if (before?.HealthStatus == HealthStatus.Healthy && now.HealthStatus is { } worse && worse != HealthStatus.Healthy)
        {
            return $"  {name} is no longer healthy: {Unhealthy(now)}";
        }

        if (before?.State?.Text == now.State?.Text || !IsOver(now))
        {
            return null;
        }

        var error = now.Properties.FirstOrDefault(p => p.Name == ResourceSnapshots.ErrorProperty)?.Value as string;
        return now.State!.Text == KnownResourceStates.FailedToStart ? $"  {name} could not be started: {error}"
            : error is null ? $"  {name}: {ResourceStateText.Of(now)}"
            : $"  {name} ended with exit code {now.ExitCode}: {Indent(error)}";
    }

    /// <summary>Why a resource is not healthy yet.</summary>
    public static string Reason(IResource resource, CustomResourceSnapshot? snapshot) => snapshot?.State?.Text switch
    {
        var state when state == KnownResourceStates.Waiting => $"waits for {string.Join(", ", resource.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource.Name).Distinct())}",
        var state when state == KnownResourceStates.Running => $"runs, and is not healthy: {Unhealthy(snapshot!)}",
        var state => $"is {state ?? "unknown"}",
    };

    public static bool IsOver(CustomResourceSnapshot snapshot)
        => snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);

    private static string Unhealthy(CustomResourceSnapshot snapshot)
        => string.Join("; ", snapshot.HealthReports
            .Where(r => r.Status != HealthStatus.Healthy)
            .Select(r => r.Description ?? r.ExceptionText ?? r.Name));

    private static string Indent(string text)
        => text.Contains('\n', StringComparison.Ordinal) ? "\n    " + text.ReplaceLineEndings("\n    ") : text;
}
