using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace McpAspire.Benchmarks;

/// <summary>A server in a process of its own, ready to be asked.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static readonly HashSet<int> _given = [];

    private readonly Process _process;

    private readonly Stopwatch _sinceStart;

    private ServerProcess(Process process, Stopwatch sinceStart)
    {
        _process = process;
        _sinceStart = sinceStart;
        Ready = sinceStart.Elapsed;
        MegabytesIdle = Megabytes;
    }

    /// <summary>From the start of the process to the first good answer.</summary>
    public TimeSpan Ready { get; }

    public TimeSpan SinceStart => _sinceStart.Elapsed;

    public double MegabytesIdle { get; }

    /// <summary>The working set at this moment.</summary>
    public double Megabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts and waits until <paramref name="health"/> answers with 2xx.</summary>
    public static async Task<ServerProcess> StartAsync(string name, ProcessStartInfo start, string health)
    {
        using var client = await WarmClientAsync();
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var output = new Queue<string>();
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(output, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (watch.Elapsed < _patience && !process.HasExited)
        {
            try
            {
                using var reply = await client.GetAsync(health);
                if (reply.IsSuccessStatusCode)
                {
                    return new ServerProcess(process, watch);
                }
            }
            catch (HttpRequestException)
            {
                // not yet listening
            }

            await Task.Delay(5);
        }

        if (!process.HasExited)
        {
            process.Kill();
        }

        throw new InvalidOperationException($"{name} did not answer at {health}:\n{string.Join('\n', output)}");
    }

    /// <summary>A port that is free and has not been given before: the system gives the same one again as soon as it is let go.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (_given.Add(port))
            {
                return port;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>A client that has been used: its own start is no part of a server's.</summary>
    private static async Task<HttpClient> WarmClientAsync()
    {
        var client = new HttpClient();
        try
        {
            using var _ = await client.GetAsync($"http://127.0.0.1:{FreePort()}/");
        }
        catch (HttpRequestException)
        {
            // nobody listens there
        }

        return client;
    }

    private static void Keep(Queue<string> output, string? line)
    {
        const int Lines = 20;
        if (line is null)
        {
            return;
        }

        lock (output)
        {
            output.Enqueue(line);
            if (output.Count > Lines)
            {
                output.Dequeue();
            }
        }
    }
}
