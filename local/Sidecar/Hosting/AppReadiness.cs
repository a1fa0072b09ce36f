using System.Net.Sockets;
using McpAspire.Sidecar.CommandLine;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Whether the app has answered on its port once. It stays ready when the app dies later, as in daprd.</summary>
internal sealed partial class AppReadiness(SidecarOptions options, TimeProvider time, ILogger<AppReadiness> logger)
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);

    private volatile bool _isReady = options.AppPort == 0;

    public bool IsReady => _isReady;

    /// <param name="found">What comes between the app's first answer and this sidecar being ready.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task WaitForAppAsync(Func<Task> found, CancellationToken cancellationToken)
    {
        if (_isReady)
        {
            return;
        }

        Log.Waiting(logger, options.AppProtocol, options.AppPort);
        while (!await AnswersAsync(cancellationToken))
        {
            await Task.Delay(_poll, time, cancellationToken);
        }

        Log.Found(logger, options.AppPort);
        await found();
        _isReady = true;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(options.AppChannelAddress, options.AppPort, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "application protocol: {Protocol}. waiting on port {Port}. Calls to the app fail until it listens there.")]
        public static partial void Waiting(ILogger logger, string protocol, int port);

        [LoggerMessage(2, LogLevel.Information, "application discovered on port {Port}")]
        public static partial void Found(ILogger logger, int port);
    }
}
