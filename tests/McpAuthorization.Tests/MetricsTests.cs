using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using McpAspire.McpAuthorization.Telemetry;
using McpAspire.McpAuthorization.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.McpAuthorization.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task Decisions_AreCounted_AndUnknownToolsShareOneValue()
    {
        await using var server = await ProtectedServer.StartAsync();
        var counted = new ConcurrentQueue<string>();
        using var listener = Listen(server, counted);

        using var allowed = await server.CallAsync("read", "sub=alice;scope=things:read");
        using var refused = await server.CallAsync("write", "sub=alice;scope=things:read");
        using var unknown = await server.CallAsync("made_up_name", "sub=alice;scope=things:read");
        using var challenged = await server.CallAsync("read", null);
        using var page = await server.CallAsync("read", "sub=alice;scope=things:read", "https://evil.example");

        Assert.Contains("mcp.authorization.decisions gen_ai.tool.name=read decision=allowed reason=none", counted);
        Assert.Contains("mcp.authorization.decisions gen_ai.tool.name=write decision=refused reason=insufficient_scope", counted);
        Assert.Contains("mcp.authorization.decisions gen_ai.tool.name=(other) decision=refused reason=unknown_tool", counted);
        Assert.Contains("mcp.authorization.challenges reason=no_token", counted);
        Assert.Contains("mcp.authorization.requests.refused reason=origin", counted);
    }

    private static MeterListener Listen(ProtectedServer server, ConcurrentQueue<string> counted)
    {
        var meters = server.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == McpAuthorizationTelemetry.MeterName && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            var text = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            counted.Enqueue($"{instrument.Name} {text}");
        });
        listener.Start();
        return listener;
    }
}
