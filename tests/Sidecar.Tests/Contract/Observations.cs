using System.Diagnostics;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Makes the recorded observations again: starts, ends, logs, what a sidecar asks of its app and its provider.</summary>
internal sealed class Observations(ContractRig rig)
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public Task<Observed> SeeAsync(JsonObject entry)
    {
        var (name, config) = ((string)entry["name"]!, (string)entry["config"]!);
        return name switch
        {
            "start calls" or "requests at start" or "start call GET /dapr/config through appHttpPipeline" or "in appHttpPipeline: start calls" => StartCallAsync(config),
            "start calls on the app" => StartCallAsync(rig.StartApp(5606)),
            "provider calls at start" => ProviderAtStartAsync(config),
            "app calls at start" => NoStartCallAsync(),
            "rotated: provider calls" => Seen(new JsonObject { ["provider_saw"] = rig.ProviderRequests.Count(request => request.Path == "/jwks") - 1 }),
            "bearer in httpPipeline" => ReadyAsync(config, "healthz_204"),
            "probe request" => ProbeAsync(),
            "metric names on the metrics port" => MetricsAsync(),
            "process after shutdown" => EndAsync(null),
            "process after SIGTERM" => EndAsync(15),
            "process after SIGINT" => EndAsync(2),
            "SIGTERM with a request of 3 s in flight" => EndInFlightAsync(),
            "slow headers" => SlowHeadersAsync(),
            "8 concurrent calls after expiry" => ConcurrentAsync(),
            "authStyle 0 with a provider that takes the body only" => BodyOnlyAsync(config),
            _ when name.Contains("client goes away", StringComparison.Ordinal) => new StreamObservations(rig).AbandonedAsync(config, name, Stopping),
            _ when name.EndsWith(": app dies mid-stream", StringComparison.Ordinal) => new StreamObservations(rig).BrokenAsync(config, name, Stopping),
            _ when name.EndsWith(": token request(s)", StringComparison.Ordinal) => TokenRequestsAsync(config),
            _ when entry["healthz_204_within_3s"] is not null => RunningAsync(config),
            _ when name.EndsWith(": start", StringComparison.Ordinal) => StartAsync(config),
            _ when entry["log"] is not null => Said(),
            _ => throw new InvalidOperationException($"'{name}' is not observed."),
        };
    }

    private static Task<Observed> Seen(JsonObject values) => Task.FromResult(new Observed { Values = values });

    private static Observed Saw(string key, IEnumerable<RawRequest> requests, string? output = null) => new() { Requests = { [key] = [.. requests] }, Output = output };

    private Task<Observed> Said() => Task.FromResult(new Observed { Output = rig.Ports.ToRecorded(rig.LastOutput()) });

    private async Task<Observed> StartCallAsync(string config)
    {
        await rig.UseAsync(config, Stopping);
        return await StartCallAsync(rig.App);
    }

    private static async Task<Observed> StartCallAsync(EchoApp app)
    {
        await Eventually.TrueAsync(() => !app.StartCalls.IsEmpty, "the app is asked for its configuration", Stopping);
        return Saw("app_saw", app.StartCalls);
    }

    private async Task<Observed> ProviderAtStartAsync(string config)
    {
        await rig.UseAfreshAsync(config, Stopping);
        await Eventually.TrueAsync(() => SidecarProcess.IsDaprd ? rig.Provider.Requests.Count > 1 : rig.LastOutput().Contains("signing key(s)", StringComparison.Ordinal), "the keys are loaded", Stopping);
        return Saw("provider_saw", rig.Provider.Requests);
    }

    private async Task<Observed> NoStartCallAsync()
    {
        await rig.Sidecar!.WaitForReadyAsync(Stopping);
        return Saw("app_saw", rig.App.StartCalls, rig.LastOutput());
    }

    private async Task<Observed> ReadyAsync(string config, string key)
    {
        var sidecar = await rig.UseAsync(config, Stopping);
        return new Observed { Values = { [key] = await HealthAsync(sidecar!) == 204 } };
    }

    private static async Task<int> HealthAsync(SidecarProcess sidecar) => (await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/healthz", Stopping)).Status;

    private async Task<Observed> StartAsync(string config)
    {
        var started = Stopwatch.GetTimestamp();
        var sidecar = await rig.UseAfreshAsync(config, Stopping);
        var ready = false;
        if (sidecar is not null)
        {
            // Ready, or it has said that it is not.
            await Eventually.TrueAsync(async () => (ready = await HealthAsync(sidecar) == 204) || rig.LastOutput().Contains("level=warning", StringComparison.Ordinal), "it is ready or says why not", Stopping);
        }

        return Saw("provider_saw", rig.Provider.Requests, rig.LastOutput()) with
        {
            Values = new JsonObject { ["ready"] = ready, ["exit_code"] = sidecar is null ? rig.Last!.ExitCode : null, ["seconds"] = Stopwatch.GetElapsedTime(started).TotalSeconds },
        };
    }

    private async Task<Observed> RunningAsync(string config)
    {
        var sidecar = await rig.UseAsync(config, Stopping);
        return new Observed { Values = { ["healthz_204_within_3s"] = sidecar is not null && await HealthAsync(sidecar) == 204, ["running"] = sidecar is not null } };
    }

    private async Task<Observed> TokenRequestsAsync(string config)
    {
        var sidecar = await rig.UseAfreshAsync(config, Stopping);
        await HealthAsync(sidecar!);
        return Saw("provider_saw", rig.Provider.TokenRequests);
    }

    private async Task<Observed> BodyOnlyAsync(string config)
    {
        rig.Provider.Behaviour = TokenBehaviour.BodyOnly;
        var seen = await TokenRequestsAsync(config);
        rig.Provider.Behaviour = TokenBehaviour.Good;
        return seen;
    }

    private async Task<Observed> ConcurrentAsync()
    {
        // The token of the entry before was good for five seconds.
        var expired = DateTimeOffset.UtcNow.AddSeconds(5.2);
        await Eventually.TrueAsync(() => DateTimeOffset.UtcNow > expired, "the token has expired", Stopping);
        rig.TakeRequests();
        rig.Provider.Delay = TimeSpan.FromMilliseconds(200); // all eight are there before the first has its token
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RawClient.GetAsync(rig.Sidecar!.HttpPort, "/mcp", Stopping, ("dapr-app-id", "app"))));
        rig.Provider.Delay = TimeSpan.Zero;
        return new Observed { Values = { ["token_requests"] = rig.Provider.TokenRequests.Count() } };
    }

    private async Task<Observed> ProbeAsync()
    {
        var app = rig.StartApp(5605);
        app.Requests.Clear();
        await Eventually.TrueAsync(() => app.Requests.Any(request => request.Path == "/healthz"), "the app is probed", Stopping);
        return Saw("app_saw", app.Requests.Where(request => request.Path == "/healthz").Take(1));
    }

    private async Task<Observed> MetricsAsync()
    {
        var sidecar = (await rig.UseAsync("plain", Stopping))!;
        await sidecar.WaitForReadyAsync(Stopping);
        var text = string.Empty;
        await Eventually.TrueAsync(
            async () => (text = (await RawClient.GetAsync(sidecar.MetricsPort, "/", Stopping)).Text).Contains("dapr_http_client_completed_count", StringComparison.Ordinal),
            "the start call is counted",
            Stopping);
        string[] lines = [.. text.Split('\n').Where(line => line.StartsWith("dapr_", StringComparison.Ordinal))];
        return new Observed { Lists = { ["names"] = [.. lines.Select(line => line[..line.IndexOfAny(['{', ' '])]).Distinct()], ["samples"] = lines } };
    }

    private async Task<Observed> EndAsync(int? signal)
    {
        if (signal is { } number)
        {
            await (await rig.UseAfreshAsync("shutdown", Stopping))!.WaitForReadyAsync(Stopping);
            rig.Last!.Signal(number);
        }

        var started = Stopwatch.GetTimestamp();
        await rig.Last!.WaitForExitAsync(Stopping);
        return new Observed { Values = { ["exit_code"] = rig.Last.ExitCode, ["seconds"] = Stopwatch.GetElapsedTime(started).TotalSeconds } };
    }

    private async Task<Observed> EndInFlightAsync()
    {
        await (await rig.UseAfreshAsync("shutdown", Stopping))!.WaitForReadyAsync(Stopping);
        var started = Stopwatch.GetTimestamp();
        var call = RawClient.GetAsync(rig.Last!.HttpPort, "/b/slow?s=1", Stopping, ("dapr-app-id", "app"));
        await Eventually.TrueAsync(() => rig.App.Requests.Any(request => request.Path == "/b/slow"), "the request is at the app", Stopping);
        rig.Last.Signal(15);
        var response = await call;
        await rig.Last.WaitForExitAsync(Stopping);
        return new Observed { Response = response, Values = { ["exit_code"] = rig.Last.ExitCode, ["seconds"] = Stopwatch.GetElapsedTime(started).TotalSeconds } };
    }

    private async Task<Observed> SlowHeadersAsync()
    {
        var sidecar = await rig.UseAsync("limits", Stopping);
        var started = Stopwatch.GetTimestamp();
        var response = await RawClient.SendAsync(sidecar!.HttpPort, "GET /show HTTP/1.1\r\nHost: localhost\r\nX-Slow: "u8.ToArray(), isHead: false, Stopping);
        return new Observed
        {
            Values =
            {
                ["seconds"] = Stopwatch.GetElapsedTime(started).TotalSeconds,
                ["end"] = response.Status == 0 ? "closed" : $"HTTP/1.1 {response.Status}",
            },
        };
    }
}
