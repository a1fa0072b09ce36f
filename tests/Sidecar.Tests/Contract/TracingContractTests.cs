using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What daprd's two sidecars exported for each call, replayed: same spans, same parents, same attributes.</summary>
[Trait("Category", "Contract")]
public sealed class TracingContractTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spans_Replayed_AreThoseOfDaprd()
    {
        await using var rig = new ContractRig();
        await using var collector = await OtlpCollector.StartAsync();
        rig.Ports.Set(5690, collector.Port);
        await using var server = await StartAsync(rig, "tracing/server", rig.Ports[3610]);
        await using var agent = await StartAsync(rig, "tracing/agent", rig.Ports[3600]);
        var differences = Differences.Load();
        var found = new List<string>();
        var replayed = 0;
        foreach (var entry in Recording.Topic("tracing").Where(entry => entry["request"] is not null))
        {
            var name = (string)entry["name"]!;
            rig.TakeRequests();
            var before = collector.Spans.Count;
            var request = RecordedRequest.Write(entry, rig.Ports, text => text.Replace("<traceparent-0", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", StringComparison.Ordinal).Replace(">", string.Empty, StringComparison.Ordinal));
            await RawClient.SendAsync(agent.HttpPort, request.Bytes, request.IsHead, Stopping);

            // Exports come in the order of the calls: one call more tells that there are no further spans of this one.
            await RawClient.GetAsync(agent.HttpPort, "/v1.0/metadata", Stopping, ("traceparent", $"00-{replayed + 1:x32}-b7ad6b7169203331-01"));
            await RawClient.GetAsync(server.HttpPort, "/v1.0/metadata", Stopping, ("traceparent", $"00-{replayed + 1:x32}-b7ad6b7169203331-01"));
            await Eventually.TrueAsync(() => collector.Spans.Count(span => span.TraceId == $"{replayed + 1:x32}") == 2, "the spans are exported", Stopping);
            var spans = collector.Spans.Skip(before).Where(span => span.TraceId != $"{replayed + 1:x32}").ToArray();
            found.AddRange(differences.Unexplained("tracing", name, Compare(entry, spans, rig)));
            replayed++;
        }

        found.AddRange(differences.Unused("tracing"));
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Equal(10, replayed);
        Assert.Contains(("/v1/traces", "application/x-protobuf"), collector.Requests);
    }

    private static IEnumerable<(string What, string Detail)> Compare(JsonObject entry, OtlpSpan[] spans, ContractRig rig)
    {
        var recorded = entry["spans"]!.AsArray().OfType<JsonObject>().ToArray();
        if (recorded.Length != spans.Length)
        {
            yield return ("spans", $"recorded {recorded.Length}, came {spans.Length}");
            yield break;
        }

        foreach (var expected in recorded)
        {
            var span = spans.Single(span => span.Resource["service.name"] == (string)expected["service"]!);
            foreach (var mismatch in Compare(expected, span, spans, rig))
            {
                yield return mismatch;
            }
        }

        var atApp = rig.App.Requests.FirstOrDefault()?.Headers.Value("traceparent");
        if ((string?)entry["app_traceparent_parent"] == "span0" && (atApp is null || !atApp.Contains(spans.Single(span => span.Resource["service.name"] == "server").SpanId, StringComparison.Ordinal)))
        {
            yield return ("app traceparent", $"not of the server's span: {atApp}");
        }
    }

    private static IEnumerable<(string What, string Detail)> Compare(JsonObject expected, OtlpSpan span, OtlpSpan[] all, ContractRig rig)
    {
        var parent = (string)expected["parent"]! switch
        {
            "none" => string.Empty,
            "caller" => "b7ad6b7169203331",
            _ => all.Single(other => other != span).SpanId,
        };
        var pairs = new List<(string What, string Recorded, string Came)>
        {
            ("name", (string)expected["name"]!, span.Name),
            ("scope", (string)expected["scope"]!, span.Scope),
            ("kind", $"{expected["kind"]}", $"{span.Kind}"),
            ("status", $"{expected["status"]!["code"]} {expected["status"]!["message"]}", $"{span.StatusCode} {span.StatusMessage}"),
            ("parent", parent, span.ParentId),
            ("attribute names", Names(expected["attributes"]!.AsObject().Select(pair => pair.Key)), Names(span.Attributes.Keys)),
        };
        pairs.AddRange(expected["attributes"]!.AsObject()
            .Where(pair => pair.Key != "server.port")
            .Select(pair => (pair.Key, (string)pair.Value!, rig.Ports.ToRecorded(span.Attributes.GetValueOrDefault(pair.Key) ?? string.Empty))));
        return pairs.Where(pair => pair.Recorded != pair.Came).Select(pair => (pair.What, $"recorded '{pair.Recorded}', came '{pair.Came}'"));
    }

    private static string Names(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));

    private static Task<SidecarProcess> StartAsync(ContractRig rig, string config, int port)
        => SidecarProcess.StartAsync(
            rig.Arguments(config), Stopping, port, new Dictionary<string, string>(rig.Environment(config)) { ["OTEL_BSP_SCHEDULE_DELAY"] = "50" }, rig.Folder(config));
}
