using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What was seen where the recordings have an observation: compared key by key.</summary>
internal sealed partial record Observed
{
    /// <summary>Plain values by the recording's keys.</summary>
    public JsonObject Values { get; init; } = [];

    /// <summary>What is there, for lists that name a part of it.</summary>
    public Dictionary<string, string[]> Lists { get; init; } = [];

    /// <summary>Requests by the recording's keys.</summary>
    public Dictionary<string, IReadOnlyList<RawRequest>> Requests { get; init; } = [];

    /// <summary>What the process said, for <c>log</c> and <c>output</c>.</summary>
    public string? Output { get; init; }

    public RawResponse? Response { get; init; }

    public IEnumerable<(string What, string Detail)> Compare(JsonObject recorded, Comparison comparison)
        => recorded.Where(pair => pair.Key is not ("name" or "note" or "config" or "index" or "args")).SelectMany(pair => Compare(pair.Key, pair.Value, comparison));

    private IEnumerable<(string What, string Detail)> Compare(string key, JsonNode? recorded, Comparison comparison) => key switch
    {
        "log" or "output" => Missing(key, recorded!.AsArray()),
        "seconds" or "app_connection_closed_after_s" => Same(key, EventTiming.Of((double)recorded!), EventTiming.Of((double?)Values[key] ?? double.NaN, (double)recorded!)),
        "response" => comparison.Response(recorded!.AsObject(), Response!),
        _ when Lists.TryGetValue(key, out var list) => recorded!.AsArray().Select(item => (string)item!).Except(list).Select(item => (key, item)),
        _ when Requests.TryGetValue(key, out var requests) => Saw(key, recorded!, requests, comparison),
        _ => JsonNode.DeepEquals(recorded, Values[key]) ? [] : Same(key, recorded?.ToJsonString() ?? "null", Values[key]?.ToJsonString() ?? "nothing"),
    };

    private static IEnumerable<(string What, string Detail)> Saw(string key, JsonNode recorded, IReadOnlyList<RawRequest> came, Comparison comparison)
    {
        if (recorded is not JsonArray requests)
        {
            return Same(key, recorded.ToJsonString(), $"{came.Count}");
        }

        if (requests.Any(request => request is JsonValue))
        {
            return Same(key, recorded.ToJsonString(), new JsonArray([.. came.Select(request => (JsonNode)request.Path)]).ToJsonString());
        }

        return requests.Count != came.Count
            ? [(key, $"recorded {recorded.ToJsonString()}, came {string.Join(' ', came.Select(request => request.Verb + " " + request.Target))}")]
            : requests.Zip(came).SelectMany(pair => comparison.AppSaw(pair.First, [pair.Second])).Select(mismatch => (mismatch.What == "app headers" ? key + " headers" : key, mismatch.Detail));
    }

    private static IEnumerable<(string What, string Detail)> Same(string key, string recorded, string came)
        => recorded == came ? [] : [(key, $"recorded {recorded}, came {came}")];

    /// <summary>Recorded lines that were not said; they were recorded up to a length. An empty log had nothing from a warning on.</summary>
    private IEnumerable<(string What, string Detail)> Missing(string key, JsonArray recorded)
    {
        string[] said = [.. Output!.Split('\n').Select(Plain).Where(line => !OfEveryDaprd().IsMatch(line)).SelectMany(WithPlainQuotes)];
        if (recorded.Count == 0)
        {
            return said.Where(line => line.StartsWith("warning: ", StringComparison.Ordinal) || line.StartsWith("error: ", StringComparison.Ordinal)).Select(line => (key, $"'{line}' is new"));
        }

        return recorded.Select(line => (string)line!).Where(line => !line.StartsWith('(') && !said.Any(came => came.Contains(line, StringComparison.Ordinal) || (line.IndexOfAny(['<', '…']) >= 0 && Comparison.Matches(line, came.Replace("McpAspire sidecar", string.Empty, StringComparison.Ordinal))))).Select(line => (key, line));
    }

    /// <summary>A line of the log as the recordings have it: level and message.</summary>
    public static string Plain(string line) => Logfmt().Match(line) is { Success: true } match ? $"{match.Groups[1].Value}: {match.Groups[2].Value}" : line;

    /// <summary>The recordings have quotes of a message as they are, or with their backslashes.</summary>
    private static IEnumerable<string> WithPlainQuotes(string line)
        => line.Contains("\\\"", StringComparison.Ordinal) ? [line, line.Replace("\\\"", "\"", StringComparison.Ordinal)] : [line];

    /// <summary>What daprd warns of whenever it runs by itself: the recordings leave it out.</summary>
    [GeneratedRegex("^warning: (mTLS is disabled|Actor runtime disabled|No scheduler host addresses|The default value for 'spec.metric.http.increasedCardinality')")]
    private static partial Regex OfEveryDaprd();

    [GeneratedRegex("^time=\\S+ level=(\\w+) msg=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Logfmt();
}
