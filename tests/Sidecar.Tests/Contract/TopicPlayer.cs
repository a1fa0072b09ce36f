using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Replays the exchanges of one topic in their order and collects what differs without being listed.</summary>
internal sealed partial class TopicPlayer(ContractRig rig, string topic)
{
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0";

    private readonly Comparison _comparison = new(rig.Ports);
    private readonly Differences _differences = Differences.Load();
    private readonly List<string> _states = [];
    private string _session = "none";

    /// <summary>What a topic does before an entry: change the provider, make a token.</summary>
    public Func<JsonObject, Task>? Before { get; init; }

    /// <summary>The token that stands for <c>&lt;jwt&gt;</c> in an entry.</summary>
    public Func<string, string>? Jwt { get; init; }

    /// <summary>Entries that another test covers, because they take time or are about something that is not an exchange.</summary>
    public Func<JsonObject, bool>? Elsewhere { get; init; }

    /// <summary>Changes the recording's text: shorter waits.</summary>
    public Func<string, string>? Change { get; init; }

    /// <summary>Compares how many requests reached the app as well.</summary>
    public bool CountsRequests { get; init; }

    public int Replayed { get; private set; }

    public async Task<List<string>> PlayAsync(CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var entry in Recording.Topic(topic, Change))
        {
            if (entry["request"] is JsonObject && entry["response"] is JsonObject && Elsewhere?.Invoke(entry) != true)
            {
                found.AddRange(await PlayAsync(entry, cancellationToken));
            }
        }

        found.AddRange(_differences.Unused(topic));
        return found;
    }

    private async Task<List<string>> PlayAsync(JsonObject entry, CancellationToken cancellationToken)
    {
        var name = (string)entry["name"]!;
        if (await rig.UseAsync((string)entry["config"]!, cancellationToken) is not { } sidecar)
        {
            return _differences.Unexplained(topic, name, [("start", $"the sidecar does not start with '{entry["config"]}': {rig.LastOutput()}")]);
        }

        if (Before is not null)
        {
            await Before(entry);
        }

        rig.TakeRequests();
        var port = name.StartsWith("public port", StringComparison.Ordinal) ? rig.Ports[3690] : sidecar.HttpPort;
        var request = RecordedRequest.Write(entry, rig.Ports, text => Fill(text, name));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(45));
        RawResponse response;
        try
        {
            response = await RawClient.SendAsync(port, request.Bytes, request.IsHead, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return _differences.Unexplained(topic, name, [("hangs", "no complete answer within 45 s")]);
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

        var saw = (entry["app_saw"] as JsonObject)?["path"] is { } path && (string)path! == "/token" ? provider : apps;
        return _differences.Unexplained(topic, name, [.. _comparison.Response(entry["response"]!.AsObject(), response), .. _comparison.AppSaw(entry["app_saw"], saw), .. Count(entry, apps)]);
    }

    private IEnumerable<(string What, string Detail)> Count(JsonObject entry, IReadOnlyList<RawRequest> came)
    {
        var recorded = (entry["app_saw"] is null ? 0 : 1) + ((entry["app_saw_more"] as JsonArray)?.Count ?? 0);
        return CountsRequests && came.Count != recorded ? [("requests", $"recorded {recorded} at the app, came {came.Count}")] : [];
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
