using System.Diagnostics;

namespace Aspire.Hosting.Processes;

/// <summary>Starts processes so that they end with the AppHost, however that ends.</summary>
internal sealed class ProcessSupervisor(ProcessGuard guard)
{
    private WindowsJob? _job;

    public ChildProcess Start(ProcessSpec spec, Action<string, bool> onLine)
    {
        var (program, arguments) = SessionLauncher.Wrap(spec.Program, spec.Arguments);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        InheritedEnvironment.Clean(start.Environment);
        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        if (SessionLauncher.HasGroups)
        {
            guard.Mark(start.Environment);
        }

        var process = Process.Start(start) ?? throw new DistributedApplicationException($"'{spec.Program}' could not be started");
        process.StandardInput.Close();
        if (OperatingSystem.IsWindows())
        {
            (_job ??= WindowsJob.Create())?.Add(process);
        }
        else if (SessionLauncher.HasGroups)
        {
            guard.Started(process.Id);
        }

        return new ChildProcess(process, onLine, guard);
    }
}
