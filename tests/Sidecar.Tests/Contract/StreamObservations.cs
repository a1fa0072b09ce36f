using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Event streams that do not end as they should: the caller goes away, the app dies, nothing comes for long.</summary>
internal sealed class StreamObservations(ContractRig rig)
{
    public async Task<Observed> AbandonedAsync(string config, string name, CancellationToken cancellationToken)
    {
        var port = await PortAsync(config, name, cancellationToken);
        rig.App.Pace = null;
        rig.App.Abandoned.Clear();
        rig.TakeRequests();
        var accept = name.Contains("Accept ", StringComparison.Ordinal) ? name[(name.IndexOf("Accept ", StringComparison.Ordinal) + "Accept ".Length)..name.IndexOf(": client", StringComparison.Ordinal)] : null;
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            var target = accept is null ? "/b/slow?s=60" : "/b/sse?n=100&every=0.6";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\n{(accept is null ? string.Empty : $"Accept: {accept}\r\n")}\r\n"), cancellationToken);
            await Eventually.TrueAsync(() => rig.HasRequests, "the request is at the app", cancellationToken);
        }

        var gone = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(() => !rig.App.Abandoned.IsEmpty, "the app's connection is closed", cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(gone).TotalSeconds;
        return new Observed { Values = { ["app_closed"] = true, ["seconds"] = seconds, ["app_connection_closed_after_s"] = seconds } };
    }

    public async Task<Observed> BrokenAsync(string config, string name, CancellationToken cancellationToken)
    {
        var port = await PortAsync(config, name, cancellationToken);
        var pace = rig.App.Pace = new EventPace();
        return new Observed { Response = await RawClient.SendAsync(port, Encoding.ASCII.GetBytes("GET /b/sse?n=4&die=2&every=0.1 HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nAccept: text/event-stream\r\n\r\n"), isHead: false, cancellationToken, onChunk: _ => pace.SawPart(), onHeaders: pace.SawHeaders) };
    }

    /// <summary>A stream with long pauses, to the end.</summary>
    public async Task<JsonObject> KeptOpenAsync(int port, string accept, TimeSpan pause, CancellationToken cancellationToken)
    {
        var (started, events) = (Stopwatch.GetTimestamp(), 0);
        var every = pause.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var response = await RawClient.SendAsync(port, Encoding.ASCII.GetBytes($"GET /b/sse?n=9&every={every} HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nAccept: {accept}\r\n\r\n"), isHead: false, cancellationToken, onChunk: _ => events++);
        return new JsonObject { ["status"] = response.Status, ["end"] = response.Complete ? null : "cut off", ["seconds"] = Stopwatch.GetElapsedTime(started).TotalSeconds, ["events"] = events };
    }

    private async Task<int> PortAsync(string config, string name, CancellationToken cancellationToken)
    {
        var sidecar = await rig.UseAsync(name.StartsWith("two hops", StringComparison.Ordinal) ? "plain2" : config, cancellationToken);
        return sidecar!.HttpPort;
    }
}
