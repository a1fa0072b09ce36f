using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What became of the caller's trace context.</summary>
internal static class TraceFacts
{
    public static IEnumerable<(string What, string Detail)> Compare(JsonObject recorded, RawResponse response, IReadOnlyList<RawRequest> apps)
    {
        string[] app = apps[0].Headers.Value("traceparent")!.Split('-');
        string[] caller = TopicPlayer.TraceParent.Split('-');
        var came = new JsonObject
        {
            ["app_trace_id_kept"] = app[1] == caller[1],
            ["app_parent_is_callers"] = app[2] == caller[2],
            ["response_same_as_app"] = response.Header("traceparent") == string.Join('-', app),
            ["app_has_tracestate"] = apps[0].Headers.Value("tracestate"),
            ["response_tracestate"] = response.Header("tracestate"),
            ["flags"] = app[3],
        };
        return recorded
            .Where(pair => !JsonNode.DeepEquals(pair.Value, came[pair.Key]))
            .Select(pair => ("trace", $"{pair.Key} recorded {pair.Value?.ToJsonString()}, came {came[pair.Key]?.ToJsonString()}"));
    }
}
