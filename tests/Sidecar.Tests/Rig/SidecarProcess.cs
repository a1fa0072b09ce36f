using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>The sidecar's executable as a process; <c>SIDECAR</c> names another one, the real daprd for instance.</summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static readonly string _registry = OwnRegistry();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource[] _readToEnd = [new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously)];

    private SidecarProcess(Process process, int httpPort)
    {
        _process = process;
        HttpPort = httpPort;
    }

    public int HttpPort { get; }

    public int MetricsPort { get; private set; }

    public int GrpcPort { get; private set; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Output => string.Join('\n', _output);

    public static string Executable => Environment.GetEnvironmentVariable("SIDECAR") is { Length: > 0 } named
        ? named
        : Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Sidecar.exe" : "Sidecar");

    /// <summary>Whether <c>SIDECAR</c> names Dapr's own: then everything has to be as recorded, and nothing may differ on purpose.</summary>
    public static bool IsDaprd { get; } = Path.GetFileName(Executable).StartsWith("daprd", StringComparison.Ordinal);

    /// <summary>Starts and waits until the API port answers.</summary>
    public static async Task<SidecarProcess> StartAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, int? httpPort = null, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null)
    {
        var sidecar = Launch(arguments, httpPort, environment, workingDirectory);
        try
        {
            await sidecar.WaitForPortAsync(cancellationToken);
            return sidecar;
        }
        catch
        {
            await sidecar.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts without waiting.</summary>
    public static SidecarProcess Launch(IEnumerable<string> arguments, int? httpPort = null, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null)
    {
        var port = httpPort ?? FreePort.Next();
        var (grpcPort, metricsPort) = (FreePort.Next(), FreePort.Next());
        string[] ports =
        [
            "--dapr-http-port", port.ToString(CultureInfo.InvariantCulture),
            "--dapr-grpc-port", grpcPort.ToString(CultureInfo.InvariantCulture),
            "--metrics-port", metricsPort.ToString(CultureInfo.InvariantCulture),
        ];
        var sidecar = LaunchExactly([.. arguments, .. ports], port, environment, workingDirectory);
        (sidecar.GrpcPort, sidecar.MetricsPort) = (grpcPort, metricsPort);
        return sidecar;
    }

    /// <summary>Starts with nothing but these arguments.</summary>
    public static SidecarProcess LaunchExactly(IEnumerable<string> arguments, int port, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(Executable)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? AppContext.BaseDirectory,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("OTEL_", StringComparison.Ordinal) || key.StartsWith("DAPR_", StringComparison.Ordinal) || key == "APP_API_TOKEN").ToArray())
        {
            start.Environment.Remove(variable);
        }

        start.Environment["XDG_RUNTIME_DIR"] = _registry; // apart from whatever else this user runs
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        var sidecar = new SidecarProcess(process, port);
        process.OutputDataReceived += (_, line) => sidecar.Read(line.Data, sidecar._readToEnd[0]);
        process.ErrorDataReceived += (_, line) => sidecar.Read(line.Data, sidecar._readToEnd[1]);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return sidecar;
    }

    /// <summary>Waits for the end of a start that fails and returns what it said.</summary>
    public async Task<string> WaitForExitAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_patience);
        await ExitedAsync(patience.Token);
        await Task.WhenAny(Task.WhenAll(_readToEnd.Select(end => end.Task)), Task.Delay(TimeSpan.FromSeconds(10), patience.Token));
        return Output;
    }

    public Task WaitForReadyAsync(CancellationToken cancellationToken)
        => Eventually.TrueAsync(async () => (await RawClient.GetAsync(HttpPort, "/v1.0/healthz", cancellationToken)).Status == 204, "healthz is 204", cancellationToken);

    public void Signal(int signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            using var patience = new CancellationTokenSource(_patience);
            await ExitedAsync(patience.Token);
        }

        _process.Dispose();
    }

    /// <summary>Waits until it runs or has ended. daprd listens before it reads its resources, and goes on waiting for an app that is not there.</summary>
    public async Task WaitForStartOrEndAsync(CancellationToken cancellationToken)
    {
        await Eventually.TrueAsync(() => HasExited || Output.Contains("HTTP server listening", StringComparison.Ordinal), "the sidecar starts or ends", cancellationToken);
        if (!IsDaprd)
        {
            return;
        }

        for (var waited = 0; waited < 150 && !HasExited && !Output.Contains("dapr initialized. Status: Running", StringComparison.Ordinal); waited++)
        {
            await Task.Delay(20, cancellationToken);
        }

        await Task.WhenAny(ExitedAsync(cancellationToken), Task.Delay(500, cancellationToken)); // its components are made beside that
        if (Output.Contains("Error processing component", StringComparison.Ordinal) || Output.Contains("level=fatal", StringComparison.Ordinal))
        {
            await WaitForExitAsync(cancellationToken);
        }
    }

    /// <summary>Waits for the process alone: a child that outlives it holds its output open, and the end of that would be waited for too.</summary>
    private async Task ExitedAsync(CancellationToken cancellationToken)
    {
        while (!_process.HasExited)
        {
            await Task.Delay(20, cancellationToken);
        }
    }

    private static string OwnRegistry()
    {
        var folder = Directory.CreateTempSubdirectory("sidecar-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    public async Task WaitForPortAsync(CancellationToken cancellationToken)
    {
        var exited = ExitedAsync(cancellationToken);
        var first = await Task.WhenAny(_listening.Task, exited, Task.Delay(_patience, cancellationToken));
        if (first != _listening.Task)
        {
            throw new InvalidOperationException($"The sidecar did not start:\n{Output}");
        }
    }

    private void Read(string? line, TaskCompletionSource end)
    {
        if (line is null)
        {
            end.TrySetResult();
            return;
        }

        _output.Enqueue(line);
        if (line.Contains("HTTP server listening on TCP address", StringComparison.Ordinal))
        {
            _listening.TrySetResult();
        }
    }
}
