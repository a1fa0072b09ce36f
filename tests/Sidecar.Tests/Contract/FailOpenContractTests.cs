using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The configurations that daprd was tried with, good and bad, given to the executable: protected, or not started.</summary>
[Trait("Category", "Contract")]
public sealed class FailOpenContractTests
{
    private const string Topic = "fail-open";

    private readonly Differences _differences = Differences.Load();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    [Plays(Topic)]
    public async Task Configurations_Replayed_StartAsWithDaprdOrAreRefused()
    {
        var found = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Recording.Topic(Topic), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Stopping }, async (entry, _) =>
        {
            foreach (var line in await ReplayAsync(entry))
            {
                found.Add(line);
            }
        });

        foreach (var line in _differences.Unused(Topic))
        {
            found.Add(line);
        }

        Assert.True(found.IsEmpty, string.Join('\n', found.Order(StringComparer.Ordinal)));
    }

    private async Task<List<string>> ReplayAsync(JsonObject entry)
    {
        await using var rig = new ContractRig();
        var started = Stopwatch.GetTimestamp();
        var sidecar = await rig.UseAsync((string)entry["config"]!, Stopping);
        var came = new JsonObject
        {
            ["started"] = sidecar is not null,
            ["exit_code"] = sidecar is null ? rig.Last!.ExitCode : null,
            ["seconds"] = Stopwatch.GetElapsedTime(started).TotalSeconds,
        };
        if ((bool)entry["started"]! != sidecar is not null)
        {
            // What daprd runs unprotected, or exits with because a provider is away.
            return Ledger.Differs(_differences, Topic, entry, sidecar is null ? "refused" : "started", Last(rig.LastOutput()));
        }

        if (sidecar is null)
        {
            (came["healthz"], came["unprotected"]) = (null, false);
            var refused = new Observed { Values = came, Output = rig.Ports.ToRecorded(await rig.Last!.WaitForExitAsync(Stopping)) };
            return Ledger.Compare(_differences, Topic, entry, recorded => refused.Compare(recorded, new Comparison(rig.Ports)));
        }

        await rig.WaitForAppAsync((string)entry["config"]!, Stopping);
        came["healthz"] = (await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/healthz", Stopping)).Status;
        rig.TakeRequests();
        var toEndpoint = ((string)entry["request"]!["url"]!).StartsWith("/v1.0/invoke/", StringComparison.Ordinal);
        var response = await (toEndpoint
            ? RawClient.GetAsync(sidecar.HttpPort, $"/v1.0/invoke/{EndpointName(rig, entry)}/method/show", Stopping)
            : RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app")));
        var reached = !rig.App.Requests.IsEmpty ? "app" : !rig.Endpoint.Requests.IsEmpty ? "ext" : null;
        var (apps, _) = rig.TakeRequests();
        came["reached"] = reached;
        came["which"] = toEndpoint ? reached : null;
        came["unprotected"] = !toEndpoint && reached is not null;
        came["metadata_components"] = await ComponentsAsync(sidecar);
        var seen = new Observed { Values = came, Output = rig.Ports.ToRecorded(rig.LastOutput()) };
        var comparison = new Comparison(rig.Ports);
        return Ledger.Compare(_differences, Topic, entry, recorded =>
        [
            .. seen.Compare(Without(recorded, "request", "response", "app_saw"), comparison),
            .. Response(recorded["response"]!.AsObject(), response, comparison),
            .. AppSaw(recorded["app_saw"] as JsonObject, apps, comparison),
        ]);
    }

    /// <summary>Behind a login the list cannot be had, and the recordings have an empty one.</summary>
    private static async Task<JsonArray> ComponentsAsync(SidecarProcess sidecar)
    {
        var metadata = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/metadata", Stopping);
        return metadata.Status == 200
            ? new JsonArray([.. (JsonNode.Parse(metadata.Text)!["components"] as JsonArray ?? []).Select(component => (JsonNode)$"{component!["name"]} {component["type"]}/{component["version"]}")])
            : [];
    }

    private static string EndpointName(ContractRig rig, JsonObject entry)
        => (string)entry["name"]! == "endpoint-same-name-as-app" ? "app" : "ext";

    /// <summary>Recorded without the headers that every answer has.</summary>
    private static IEnumerable<(string What, string Detail)> Response(JsonObject recorded, RawResponse response, Comparison comparison)
    {
        var full = recorded.DeepClone().AsObject();
        if ((string?)full["body"] == "(the app's echo)")
        {
            full["body"] = "(echo)";
        }
        else if (full["headers"] is JsonArray headers && !headers.Any(header => (string)header![0]! == "*"))
        {
            headers.Add(new JsonArray("*", "std"));
        }

        return comparison.Response(full, response);
    }

    private static IEnumerable<(string What, string Detail)> AppSaw(JsonObject? recorded, IReadOnlyList<RawRequest> apps, Comparison comparison)
    {
        if (recorded is null)
        {
            return comparison.AppSaw(null, apps);
        }

        var full = recorded.DeepClone().AsObject();
        full["headers"]!.AsArray().Add(new JsonArray("*", "std"));
        return comparison.AppSaw(full, apps);
    }

    private static JsonObject Without(JsonObject entry, params string[] keys)
    {
        var copy = entry.DeepClone().AsObject();
        foreach (var key in keys)
        {
            copy.Remove(key);
        }

        return copy;
    }

    private static string Last(string output) => output.Split('\n')[^1];
}
