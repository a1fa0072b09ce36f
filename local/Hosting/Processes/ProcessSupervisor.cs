using System.Diagnostics;
using Aspire.Hosting.Engine;

namespace Aspire.Hosting.Processes;

/// <summary>Starts processes so that they end with the AppHost, however that ends.</summary>
internal sealed class ProcessSupervisor(EngineRunFolder folder)
{
    private const string Script = "supervise.sh";
    private const string Shell = "/bin/sh";

    /// <summary>How long a process has between the request to end and its end by force.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly Lazy<string> _script = new(() => Unpack(folder.File(Script)));
    private WindowsJob? _job;

    public ChildProcess Start(ProcessSpec spec, Action<string, bool> onLine)
    {
        var isSupervised = !OperatingSystem.IsWindows();
        var start = isSupervised ? Supervised(spec) : new ProcessStartInfo(spec.Program, spec.Arguments);
        start.WorkingDirectory = spec.WorkingDirectory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        InheritedEnvironment.Clean(start.Environment);
        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new DistributedApplicationException($"'{spec.Program}' could not be started");
        if (OperatingSystem.IsWindows())
        {
            (_job ??= WindowsJob.Create())?.Add(process);
        }

        return new ChildProcess(process, isSupervised, onLine);
    }

    private static string Unpack(string path)
    {
        using var source = typeof(ProcessSupervisor).Assembly.GetManifestResourceStream(Script)!;
        using var target = File.Create(path);
        source.CopyTo(target);
        return path;
    }

    private ProcessStartInfo Supervised(ProcessSpec spec)
        => new(Shell, [_script.Value, $"{Grace.TotalSeconds * 10:0}", spec.Program, .. spec.Arguments]);
}
