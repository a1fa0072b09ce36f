using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Engine;

/// <summary>What is known about a process resource at each step of its life.</summary>
internal static class ResourceSnapshots
{
    /// <summary>Why the resource failed, for the person who reads the table.</summary>
    public const string ErrorProperty = "resource.error";

    private const string PidProperty = "executable.pid";

    public static CustomResourceSnapshot Prepared(CustomResourceSnapshot snapshot, IResource resource)
    {
        var isExplicit = resource.HasAnnotationOfType<ExplicitStartupAnnotation>();
        return snapshot with
        {
            ResourceType = resource is ProjectResource ? KnownResourceTypes.Project : KnownResourceTypes.Executable,
            State = isExplicit ? KnownResourceStates.NotStarted : KnownResourceStates.Starting,
        };
    }

    public static CustomResourceSnapshot Starting(CustomResourceSnapshot snapshot) => snapshot with
    {
        State = KnownResourceStates.Starting,
        ResourceReady = null,
        ExitCode = null,
        StartTimeStamp = null,
        StopTimeStamp = null,
        HealthReports = [.. snapshot.HealthReports.Select(r => new HealthReportSnapshot(r.Name, null, null, null))],
        Properties = snapshot.Properties.RemoveAll(p => p.Name is ErrorProperty or PidProperty),
    };

    public static CustomResourceSnapshot Running(
        CustomResourceSnapshot snapshot,
        IResource resource,
        ProcessSpec spec,
        int processId,
        SecretMask mask)
    {
        var known = snapshot
            .WithProperty("executable.path", spec.Program)
            .WithProperty("executable.workDir", spec.WorkingDirectory)
            .WithProperty("executable.args", spec.Arguments.Select(mask.Apply).ToImmutableArray())
            .WithProperty(PidProperty, processId);
        if (resource is ProjectResource project)
        {
            known = known.WithProperty("project.path", project.GetProjectMetadata().ProjectPath);
        }

        return known with
        {
            State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = DateTime.UtcNow,
            EnvironmentVariables = [.. spec.Environment.Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, IsFromSpec: true))],
            Urls = [.. snapshot.Urls.Select(u => u with { IsInactive = false })],
        };
    }

    public static CustomResourceSnapshot FailedToStart(CustomResourceSnapshot snapshot, string reason)
        => snapshot.WithProperty(ErrorProperty, reason) with
        {
            State = new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
            StopTimeStamp = DateTime.UtcNow,
        };

    public static CustomResourceSnapshot Ended(CustomResourceSnapshot snapshot, int exitCode, bool wasStopped, string? reason)
    {
        var known = string.IsNullOrWhiteSpace(reason) ? snapshot : snapshot.WithProperty(ErrorProperty, reason);
        var style = wasStopped || exitCode == 0 ? KnownResourceStateStyles.Info : KnownResourceStateStyles.Error;
        return known with
        {
            State = new ResourceStateSnapshot(wasStopped ? KnownResourceStates.Exited : KnownResourceStates.Finished, style),
            ExitCode = exitCode,
            ResourceReady = null,
            StopTimeStamp = DateTime.UtcNow,
            Urls = [.. snapshot.Urls.Select(u => u with { IsInactive = true })],
        };
    }
}
