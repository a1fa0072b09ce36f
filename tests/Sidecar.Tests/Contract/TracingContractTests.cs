using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What daprd's two sidecars exported for each call, replayed: same spans, same parents, same attributes.</summary>
[Trait("Category", "Contract")]
public sealed class TracingContractTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private const string Caller = "b7ad6b7169203331";
    private const string CallersTrace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    [Plays("tracing")]
    public async Task Spans_Replayed_AreThoseOfDaprd()
    {
        await using var rig = new ContractRig();
        await using var collector = await OtlpCollector.StartAsync();
        rig.Ports.Set(5690, collector.Port);
        await using var server = await StartAsync(rig, "tracing/server", rig.Ports[3610]);
        await using var agent = await StartAsync(rig, "tracing/agent", rig.Ports[3600]);
        var (differences, comparison) = (Differences.Load(), new Comparison(rig.Ports));
        var found = new List<string>();
        var replayed = 0;
        foreach (var entry in Recording.Topic("tracing").Where(entry => entry["request"] is not null))
        {
            rig.TakeRequests();
            var before = collector.Spans.Count;
            var request = RecordedRequest.Write(entry, rig.Ports, text => text.Replace("<traceparent-0", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", StringComparison.Ordinal).Replace(">", string.Empty, StringComparison.Ordinal));
            await RawClient.SendAsync(agent.HttpPort, request.Bytes, request.IsHead, Stopping);

            // Exports come in the order of the calls: one call more tells that there are no further spans of this one.
            await RawClient.GetAsync(agent.HttpPort, "/v1.0/metadata", Stopping, ("traceparent", $"00-{replayed + 1:x32}-b7ad6b7169203331-01"));
            await RawClient.GetAsync(server.HttpPort, "/v1.0/metadata", Stopping, ("traceparent", $"00-{replayed + 1:x32}-b7ad6b7169203331-01"));
            await Eventually.TrueAsync(() => collector.Spans.Count(span => span.TraceId == $"{replayed + 1:x32}") == 2, "the spans are exported", Stopping);
            var spans = collector.Spans.Skip(before).Where(span => span.TraceId != $"{replayed + 1:x32}").ToArray();
            var (apps, _) = rig.TakeRequests();
            var came = Describe(entry, spans, rig, apps.FirstOrDefault()?.Headers.Value("traceparent"));
            found.AddRange(Ledger.Compare(differences, "tracing", entry, recorded => [.. Compare(recorded, came), .. comparison.Saw(recorded["app_saw"], null, apps, [])]));
            replayed++;
        }

        var resources = Recording.Topic("tracing").Single(entry => entry["resource"] is not null);
        var export = collector.Requests.First();
        var seen = new Observed
        {
            Values =
            {
                ["resource"] = new JsonObject(collector.Spans.GroupBy(span => span.Resource["service.name"]).OrderByDescending(group => group.Key, StringComparer.Ordinal).Select(group => KeyValuePair.Create(group.Key, (JsonNode?)new JsonObject(group.First().Resource.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)))))),
                ["export_request"] = new JsonArray("POST", export.Path, new JsonArray(new JsonArray("Content-Type", export.ContentType))),
            },
        };
        found.AddRange(Ledger.Compare(differences, "tracing", resources, recorded => seen.Compare(recorded, comparison)));
        found.AddRange(differences.Unused("tracing"));
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Equal(10, replayed);
        Assert.Contains(("/v1/traces", "application/x-protobuf"), collector.Requests);
    }

    private static IEnumerable<(string What, string Detail)> Compare(JsonObject recorded, JsonObject came)
    {
        var (expected, spans) = (recorded["spans"]!.AsArray(), came["spans"]!.AsArray());
        if (expected.Count != spans.Count)
        {
            yield return ("spans", $"recorded {expected.Count}, came {spans.Count}");
            yield break;
        }

        foreach (var (one, other) in expected.Zip(spans))
        {
            foreach (var mismatch in Fields(one!.AsObject(), other!.AsObject()).Concat(Fields(one["attributes"]!.AsObject(), other["attributes"]!.AsObject())))
            {
                yield return mismatch;
            }
        }

        if ((string?)recorded["app_traceparent_parent"] != (string?)came["app_traceparent_parent"])
        {
            yield return ("app traceparent", $"recorded {recorded["app_traceparent_parent"]}, came {came["app_traceparent_parent"]}");
        }
    }

    private static IEnumerable<(string What, string Detail)> Fields(JsonObject recorded, JsonObject came)
        => recorded.Select(pair => pair.Key).Union(came.Select(pair => pair.Key))
            .Where(key => key != "attributes" && !JsonNode.DeepEquals(recorded[key], came[key]))
            .Select(key => (key, $"recorded {recorded[key]?.ToJsonString()}, came {came[key]?.ToJsonString()}"));

    /// <summary>The spans of a call in the recording's form and order.</summary>
    private static JsonObject Describe(JsonObject entry, OtlpSpan[] spans, ContractRig rig, string? atApp)
    {
        OtlpSpan[] ordered = [.. entry["spans"]!.AsArray().Select(recorded => spans.FirstOrDefault(span => span.Resource["service.name"] == (string)recorded!["service"]!)).OfType<OtlpSpan>().Concat(spans).Distinct()];
        string Name(string spanId) => Array.FindIndex(ordered, span => span.SpanId == spanId) is >= 0 and var at ? $"span{at}" : spanId == Caller ? "caller" : "unknown";
        return new JsonObject
        {
            ["spans"] = new JsonArray([.. ordered.Select(span => new JsonObject
            {
                ["id"] = Name(span.SpanId),
                ["parent"] = span.ParentId.Length == 0 ? "none" : Name(span.ParentId),
                ["trace"] = span.TraceId == CallersTrace ? "caller's" : span.TraceId == ordered[0].TraceId ? "trace0" : "another",
                ["service"] = span.Resource["service.name"],
                ["scope"] = span.Scope,
                ["name"] = span.Name,
                ["kind"] = span.Kind,
                ["status"] = new JsonObject { ["code"] = span.StatusCode, ["message"] = span.StatusMessage },
                ["attributes"] = new JsonObject(span.Attributes.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)(pair.Key == "server.port" && int.TryParse(pair.Value, out _) ? "<port>" : rig.Ports.ToRecorded(pair.Value))))),
                ["events"] = new JsonArray([.. Enumerable.Repeat((JsonNode)"event", span.Events)]),
            })]),
            ["app_traceparent_parent"] = atApp is null ? null : Name(atApp.Split('-')[2]),
        };
    }

    private static Task<SidecarProcess> StartAsync(ContractRig rig, string config, int port)
        => SidecarProcess.StartAsync(
            rig.Arguments(config), Stopping, port, new Dictionary<string, string>(rig.Environment(config)) { ["OTEL_BSP_SCHEDULE_DELAY"] = "50" }, rig.Folder(config));
}
