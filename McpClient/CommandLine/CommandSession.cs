using System.CommandLine;
using McpAspire.Client.Sidecar;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;

namespace McpAspire.Client.CommandLine;

/// <summary>One MCP connection for the life of a command, exported as one trace when OTLP is configured.</summary>
internal sealed class CommandSession : IAsyncDisposable
{
    private readonly McpConnector connector;
    private readonly CommandTelemetry telemetry;

    private CommandSession(McpConnector connector, CommandTelemetry telemetry, McpClient server)
    {
        this.connector = connector;
        this.telemetry = telemetry;
        Server = server;
    }

    public McpClient Server { get; }

    public static async Task<CommandSession> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var connector = new McpConnector(parsed.GetSidecar(), NullLoggerFactory.Instance);
        var telemetry = CommandTelemetry.Start(parsed.CommandResult.Command.Name);
        try
        {
            return new CommandSession(connector, telemetry, await connector.ConnectAsync(sessionValue: null, cancellationToken));
        }
        catch
        {
            telemetry.Dispose();
            connector.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        telemetry.Dispose();
        connector.Dispose();
    }
}
