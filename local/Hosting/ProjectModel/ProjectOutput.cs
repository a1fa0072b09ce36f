using System.Diagnostics;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ProjectModel;

/// <summary>The program that a project's build put out.</summary>
internal sealed record ProjectOutput(string Command, IReadOnlyList<string> Arguments)
{
    /// <summary>The output of a project resource; a project that was added by its path is built first.</summary>
    public static async Task<ProjectOutput> FindAsync(ProjectResource resource, CancellationToken cancellationToken)
    {
        var metadata = resource.GetProjectMetadata();
        if (!File.Exists(metadata.ProjectPath))
        {
            throw new DistributedApplicationException($"the project file '{metadata.ProjectPath}' does not exist");
        }

        var target = metadata.GetType().GetCustomAttribute<ProjectOutputAttribute>()?.TargetPath
            ?? await BuildAsync(metadata, cancellationToken).ConfigureAwait(false);
        if (!File.Exists(target))
        {
            throw new DistributedApplicationException($"'{target}' does not exist: build the project '{metadata.ProjectPath}'");
        }

        return FromAssembly(target);
    }

    public static ProjectOutput FromAssembly(string target)
    {
        var program = Path.ChangeExtension(target, OperatingSystem.IsWindows() ? ".exe" : null);
        return File.Exists(program) ? new ProjectOutput(program, []) : new ProjectOutput("dotnet", [target]);
    }

    private static async Task<string> BuildAsync(IProjectMetadata metadata, CancellationToken cancellationToken)
    {
        if (!metadata.SuppressBuild)
        {
            await DotnetAsync(["build", metadata.ProjectPath, "-v", "q", "-clp:ErrorsOnly;NoSummary", "--nologo"], cancellationToken).ConfigureAwait(false);
        }

        var output = await DotnetAsync(["msbuild", metadata.ProjectPath, "-getProperty:TargetPath", "-nologo"], cancellationToken).ConfigureAwait(false);
        return output.Trim();
    }

    private static async Task<string> DotnetAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new DistributedApplicationException("dotnet could not be started");
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return process.ExitCode == 0
            ? output
            : throw new DistributedApplicationException($"'dotnet {string.Join(' ', arguments)}' failed: {(output + await error.ConfigureAwait(false)).Trim()}");
    }
}
