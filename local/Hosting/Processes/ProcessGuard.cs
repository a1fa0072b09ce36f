using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Processes;

/// <summary>
/// A shell that knows the process groups of this application and ends them when this process is gone, even by
/// <c>kill -9</c>: it reads from a pipe whose other end only this process holds.
/// </summary>
internal sealed class ProcessGuard : IDisposable
{
    private const string Script = "guard.sh";
    private const string Shell = "/bin/sh";
    private const string MarkVariable = "LOCAL_HOSTING_RUN";

    private readonly Lock _lock = new();
    private readonly string _mark = Guid.NewGuid().ToString("N");
    private Process? _shell;
    private bool _isDisposed;

    /// <summary>Marks the processes of this application, so that the guard finds those that left their group.</summary>
    public void Mark(IDictionary<string, string?> environment)
    {
        environment[MarkVariable] = _mark;
        Write(line: null);
    }

    public void Started(int group) => Write(string.Create(CultureInfo.InvariantCulture, $"+{group}"));

    public void Ended(int group) => Write(string.Create(CultureInfo.InvariantCulture, $"-{group}"));

    public void Dispose()
    {
        lock (_lock)
        {
            // From here on the guard ends what is left.
            _isDisposed = true;
            _shell?.StandardInput.Close();
            _shell?.Dispose();
        }
    }

    private void Write(string? line)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _shell ??= Start();
            if (line is null)
            {
                return;
            }

            try
            {
                _shell.StandardInput.WriteLine(line);
                _shell.StandardInput.Flush();
            }
            catch (IOException)
            {
                // Somebody has ended the guard; the processes still end with the engine when that ends in order.
            }
        }
    }

    private Process Start()
    {
        // As text, not as a file: the run folder may be gone before the shell has read it.
        using var script = new StreamReader(typeof(ProcessGuard).Assembly.GetManifestResourceStream(Script)!);
        var (program, arguments) = SessionLauncher.Wrap(
            Shell, ["-c", script.ReadToEnd(), Script, $"{ChildProcess.Grace.TotalSeconds * 10:0}", $"{MarkVariable}={_mark}"]);
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true })!;
    }
}
