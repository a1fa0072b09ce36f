using System.Diagnostics;
using McpAspire.ServiceDefaults;
using OpenTelemetry.Trace;

namespace McpAspire.Client.CommandLine;

/// <summary>Gives a command a root span, and sends it when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
internal sealed class CommandTelemetry : IDisposable
{
    private static readonly ActivitySource Source = new("McpAspire.CommandLine");

    private IHost? host;
    private Activity? activity;

    public static CommandTelemetry Start(string command)
    {
        var telemetry = new CommandTelemetry();
        if (!string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")))
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "McpClient" });
            builder.Configuration.AddEnvironmentVariables();
            builder.AddTelemetry();
            telemetry.host = builder.Build();
            telemetry.host.Services.GetRequiredService<TracerProvider>();
        }

        telemetry.activity = Source.StartActivity($"mcp-client {command}");
        return telemetry;
    }

    public void Dispose()
    {
        activity?.Dispose();
        host?.Dispose();
    }
}
