using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Replays the exchanges of one topic in their order and collects what differs without being listed.</summary>
internal sealed partial class TopicPlayer(ContractRig rig, string topic)
{
    public const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0";

    private readonly Comparison _comparison = new(rig.Ports);
    private readonly Differences _differences = Differences.Load();
    private readonly List<string> _states = [];
    private string _session = "none";

    /// <summary>What a topic does before an entry: change the provider, make a token.</summary>
    public Func<JsonObject, Task>? Before { get; init; }

    /// <summary>What has to be so before the entry's sidecar is started.</summary>
    public Action<JsonObject>? Given { get; init; }

    /// <summary>A call that the recording's rig made to see whether a new sidecar is ready; it may fetch a token.</summary>
    public Func<JsonObject, string?>? ReadyCall { get; init; }

    /// <summary>The token that stands for <c>&lt;jwt&gt;</c> in an entry.</summary>
    public Func<string, string>? Jwt { get; init; }

    /// <summary>Entries that another test covers, because they take time or are about something that is not an exchange.</summary>
    public Func<JsonObject, bool>? Elsewhere { get; init; }

    /// <summary>Changes the recording's text: shorter waits.</summary>
    public Func<string, string>? Change { get; init; }

    /// <summary>What is seen now where an entry is an observation.</summary>
    public Func<JsonObject, Task<Observed>>? Observe { get; init; }

    public int Replayed { get; private set; }

    public async Task<List<string>> PlayAsync(CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var entry in Recording.Topic(topic, Change))
        {
            if (Elsewhere?.Invoke(entry) == true)
            {
                continue;
            }

            Given?.Invoke(entry);
            if (entry["request"] is JsonObject && entry["response"] is JsonObject)
            {
                found.AddRange(await PlayAsync(entry, cancellationToken));
            }
            else if (Observe is not null)
            {
                var observed = await Observe(entry);
                found.AddRange(Ledger.Compare(_differences, topic, entry, recorded => observed.Compare(recorded, _comparison)));
            }
        }

        found.AddRange(_differences.Unused(topic));
        return found;
    }

    private async Task<List<string>> PlayAsync(JsonObject entry, CancellationToken cancellationToken)
    {
        var (name, config) = ((string)entry["name"]!, (string)entry["config"]!);
        var before = rig.Last;
        if (await rig.UseAsync(config, cancellationToken) is not { } sidecar)
        {
            return Ledger.Differs(_differences, topic, entry, "start", $"the sidecar does not start with '{entry["config"]}': {rig.LastOutput()}");
        }

        if (Before is not null)
        {
            await Before(entry);
        }

        if (sidecar != before && ReadyCall?.Invoke(entry) is { } call)
        {
            await RawClient.GetAsync(sidecar.HttpPort, call, cancellationToken, ("dapr-app-id", "app"));
        }

        rig.TakeRequests();
        var port = name.StartsWith("public port", StringComparison.Ordinal) ? rig.Ports[3690] : sidecar.HttpPort;
        var request = RecordedRequest.Write(entry, rig.Ports, text => Fill(text, name));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(45));
        var pace = new EventPace();
        void Saw(byte[] chunk)
        {
            if (entry["ms"] is null || chunk.AsSpan().StartsWith("event:"u8))
            {
                pace.SawPart();
            }
        }

        var (interim, restInTime, started) = (false, false, System.Diagnostics.Stopwatch.GetTimestamp());
        async Task RestAsync(Stream stream, byte[] rest)
        {
            // Sent only when the app has what was sent before, or an interim answer asks for it: a body that was collected on the way would never come.
            await Task.WhenAny(Eventually.TrueAsync(() => interim || !rig.App.Chunks.IsEmpty, "the first part is at the app", patience.Token), Task.Delay(TimeSpan.FromSeconds(10), patience.Token));
            restInTime = !rig.App.Chunks.IsEmpty;
            await stream.WriteAsync(rest, patience.Token);
        }

        RawResponse response;
        try
        {
            rig.App.Chunks.Clear();
            rig.App.Pace = rig.Endpoint.Pace = pace;
            response = await RawClient.SendAsync(port, request.Bytes, request.IsHead, patience.Token, request.Rest is null ? null : stream => RestAsync(stream, request.Rest), Saw, pace.SawHeaders, () => interim = true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Ledger.Differs(_differences, topic, entry, "hangs", "no complete answer within 45 s");
        }

        Replayed++;
        Remember(response);
        var (apps, provider) = rig.TakeRequests();
        if (entry["app_saw"] is not null && apps.Count + provider.Count == 0)
        {
            // A request whose body breaks off is known to the app a moment after the answer.
            await Task.WhenAny(Eventually.TrueAsync(() => rig.HasRequests, "a request is at the app", cancellationToken), Task.Delay(TimeSpan.FromSeconds(2), cancellationToken));
            (apps, provider) = rig.TakeRequests();
        }

        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        var tokens = provider.Where(one => one.Path == "/token").ToArray();
        var isHeld = ((string)entry["request"]!["url"]!).Contains("first=", StringComparison.Ordinal);
        return Ledger.Compare(_differences, topic, entry, recorded =>
        [
            .. _comparison.Response(recorded["response"]!.AsObject(), response),
            .. _comparison.Saw(recorded["app_saw"], recorded["app_saw_more"] as JsonArray, apps, tokens),
            .. Timing(recorded, pace, isHeld, restInTime, seconds),
            .. recorded["trace"] is JsonObject trace ? TraceFacts.Compare(trace, response, apps) : [],
            .. recorded["in_full"] is JsonObject full ? _comparison.InFull(full, response, apps) : [],
        ]);
    }

    private static IEnumerable<(string What, string Detail)> Timing(JsonObject recorded, EventPace pace, bool isHeld, bool restInTime, double seconds)
    {
        var pairs = new List<(string What, string Recorded, string Came)>();
        if (recorded["ms"] is JsonObject ms)
        {
            pairs.Add(("ms", EventTiming.Of(ms), EventTiming.Of(pace, isHeld)));
        }

        if (recorded["chunk_times_ms"] is JsonArray chunks)
        {
            pairs.Add(("chunk times", EventTiming.Of(chunks), EventTiming.Parts(pace, held: false)));
        }

        if (recorded["gap_at_app_ms"] is { } gap)
        {
            pairs.Add(("gap at the app", (int)(double)gap is > 100 and < 5000 ? "apart" : "together", restInTime ? "apart" : "together"));
        }

        if (recorded["seconds"] is { } took)
        {
            pairs.Add(("seconds", EventTiming.Of((double)took), EventTiming.Of(seconds, (double)took)));
        }

        return pairs.Where(pair => pair.Recorded != pair.Came).Select(pair => (pair.What, $"recorded {pair.Recorded}, came {pair.Came}"));
    }

    private string Fill(string text, string name)
    {
        text = text.Replace("<traceparent-01>", TraceParent + "1", StringComparison.Ordinal).Replace("<traceparent-00>", TraceParent + "0", StringComparison.Ordinal);
        if (text.Contains("<jwt>", StringComparison.Ordinal))
        {
            text = text.Replace("<jwt>", Jwt!(name), StringComparison.Ordinal);
        }

        var state = name.Contains("first tab", StringComparison.Ordinal) && _states.Count > 1 ? _states[^2] : _states.LastOrDefault() ?? "none";
        text = text.Replace("state=<uuid>", "state=" + state, StringComparison.Ordinal);
        return text.Replace("<session>", name == "unknown session cookie" ? "bm90LW9uZS1vZi1vdXJz" : _session, StringComparison.Ordinal);
    }

    private void Remember(RawResponse response)
    {
        foreach (var cookie in response.Headers.Values("Set-Cookie"))
        {
            if (Session().Match(cookie) is { Success: true } match)
            {
                _session = match.Groups[1].Value;
            }
        }

        if (response.Header("Location") is { } location && location.Contains("state=", StringComparison.Ordinal))
        {
            _states.Add(HttpUtility.ParseQueryString(location[(location.IndexOf('?', StringComparison.Ordinal) + 1)..])["state"]!);
        }
    }

    [GeneratedRegex("^gosessionsid=([^;]+)")]
    private static partial Regex Session();
}
