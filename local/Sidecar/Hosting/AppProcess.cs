using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Hosting;

/// <summary>The app that follows <c>--</c>: a child that gets Dapr's variables; when it ends, the sidecar ends, and the other way round.</summary>
internal sealed class AppProcess : IDisposable
{
    private const int SigTerm = 15;

    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private AppProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static AppProcess Start(SidecarOptions options)
    {
        var start = new ProcessStartInfo(options.AppCommand[0]) { UseShellExecute = false };
        foreach (var argument in options.AppCommand.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["APP_ID"] = options.AppId;
        start.Environment["APP_PROTOCOL"] = options.AppProtocol;
        start.Environment["APP_CHANNEL_ADDRESS"] = options.AppChannelAddress;
        start.Environment["DAPR_HTTP_PORT"] = Number(options.HttpPort);
        start.Environment["DAPR_GRPC_PORT"] = Number(options.GrpcPort);
        start.Environment["DAPR_METRICS_PORT"] = Number(options.MetricsPort);
        if (options.AppPort > 0)
        {
            start.Environment["APP_PORT"] = Number(options.AppPort);
        }

        try
        {
            return new AppProcess(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new CommandLineException($"The command '{options.AppCommand[0]}' after -- cannot be started: {exception.Message}");
        }
    }

    /// <summary>Waits for the end of the app and returns its exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async Task StopAsync()
    {
        if (_process.HasExited)
        {
            return;
        }

        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(_process.Id, SigTerm);
            using var grace = new CancellationTokenSource(_grace);
            try
            {
                await _process.WaitForExitAsync(grace.Token);
                return;
            }
            catch (OperationCanceledException)
            {
                // It did not want to.
            }
        }

        _process.Kill(entireProcessTree: true);
    }

    public void Dispose() => _process.Dispose();

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);
}
