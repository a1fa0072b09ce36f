using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The three folders of <c>components/</c> as they are shipped, and every step that they were taken through on daprd.</summary>
[Trait("Category", "Contract")]
public sealed partial class ComponentsContractTests : IAsyncDisposable
{
    private const string Topic = "components";
    private const string AtProvider = "audit: form";

    private readonly EchoApp _app = new();
    private readonly ShippedSidecars _sidecars;
    private readonly Dictionary<string, (string State, string Cookie)> _logins = [];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    [Plays(Topic, Except = AtProvider)]
    public async Task ShippedComponents_Replayed_DoWhatTheyDoOnDaprd()
    {
        await _sidecars.StartAsync(Stopping);
        var ready = ShippedSidecars.Apps.ToDictionary(app => app, _ => true);
        var differences = Differences.Load();
        var found = new List<string>();
        var replayed = 0;
        foreach (var entry in Recording.Topic(Topic))
        {
            var name = (string)entry["name"]!;
            if (entry["log"] is not null)
            {
                found.AddRange(Ledger.Compare(differences, Topic, entry, recorded => Missing(recorded["log"]!.AsArray())));
            }
            else if (name == "all three ready")
            {
                found.AddRange(Ledger.Compare(differences, Topic, entry, recorded => Ready(recorded, ready)));
            }
            else if (entry["request"] is JsonArray request && !((string)request[1]!).StartsWith(ShippedSidecars.Realm, StringComparison.Ordinal))
            {
                found.AddRange(await ReplayAsync(request, entry, differences));
                replayed++;
            }
        }

        found.AddRange(differences.Unused(Topic));
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Equal(33, replayed);
    }

    public ComponentsContractTests() => _sidecars = new ShippedSidecars(_app);

    public async ValueTask DisposeAsync()
    {
        await _sidecars.DisposeAsync();
        await _app.DisposeAsync();
    }

    private async Task<List<string>> ReplayAsync(JsonArray request, JsonObject entry, Differences differences)
    {
        var url = new Uri((string)request[1]!);
        var app = url.Port switch { 3740 => "console", 3741 => "server", _ => "agent" };
        var target = Target(app, (string)request[1]!);
        List<(string Name, string Value)> headers = [("Accept", "application/json, text/event-stream")];
        if (!target.StartsWith("/v1.0/", StringComparison.Ordinal))
        {
            headers.Add(("dapr-app-id", "mcp-server"));
        }

        if (_logins.TryGetValue(app, out var login))
        {
            headers.Add(("Cookie", login.Cookie));
        }

        _app.TakeRequests();
        var verb = (string)request[0]!;
        var answer = await RawClient.SendAsync(_sidecars[app].HttpPort, verb, target, verb == "POST" ? "{}" : null, Stopping, [.. headers]);
        Remember(app, answer);
        var reached = _app.TakeRequests();
        return Ledger.Compare(differences, Topic, entry, recorded => Compare(recorded, answer, reached));
    }

    private IEnumerable<(string What, string Detail)> Compare(JsonObject entry, RawResponse answer, IReadOnlyCollection<RawRequest> reached)
    {
        if ((int)entry["status"]! != answer.Status)
        {
            yield return ("status", $"recorded {entry["status"]}, came {answer.Status} {answer.Text}");
        }

        var location = answer.Header("Location") is { } came ? State().Replace(came, "state=<state>") : null;
        if ((string?)entry["location"] != location)
        {
            yield return ("location", $"recorded {entry["location"]}, came {location}");
        }

        var recorded = (string)entry["body"]!;
        if (recorded.StartsWith("event:", StringComparison.Ordinal) || recorded.StartsWith("{\"method\"", StringComparison.Ordinal))
        {
            // The app's own words: another app here, so what counts is that it was reached, with a token that is good.
            if (reached.Count != 1 || reached.Single().Headers.Value("Authorization")?.StartsWith("Bearer ey", StringComparison.Ordinal) != true)
            {
                yield return ("reached", $"recorded: the app, came {answer.Text}");
            }

            yield break;
        }

        if (reached.Count > 0)
        {
            yield return ("reached", $"nothing reached the app, now {reached.First().Target} did");
        }

        // Bodies were recorded up to a length.
        var text = Features().Replace(answer.Text, string.Empty);
        var expected = Features().Replace(recorded, string.Empty);
        if (recorded.Length < 200 ? expected != text : !text.StartsWith(expected, StringComparison.Ordinal))
        {
            yield return ("body", $"recorded {expected}, came {text}");
        }
    }

    private static IEnumerable<(string What, string Detail)> Ready(JsonObject recorded, Dictionary<string, bool> ready)
        => ShippedSidecars.Apps.Where(app => (bool)recorded[app]! != ready[app]).Select(app => ("ready", app));

    private IEnumerable<(string What, string Detail)> Missing(JsonArray log)
        => log.Select(line => (string)line!).Distinct().Where(line => !_sidecars["server"].Output.Contains(line.Replace("warning: ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal)).Select(line => ("log", line));

    private string Target(string app, string url)
    {
        var target = url[url.IndexOf('/', "http://".Length)..];
        target = target.Replace("<session_state>", "s", StringComparison.Ordinal).Replace("<code>", "c", StringComparison.Ordinal);
        return _logins.TryGetValue(app, out var login) ? target.Replace("<state>", login.State, StringComparison.Ordinal) : target;
    }

    private void Remember(string app, RawResponse answer)
    {
        _logins.TryGetValue(app, out var login);
        if (answer.Header("Location") is { } location && State().IsMatch(location))
        {
            login.State = HttpUtility.ParseQueryString(location[(location.IndexOf('?', StringComparison.Ordinal) + 1)..])["state"]!;
        }

        if (answer.Header("Set-Cookie") is { } cookie)
        {
            login.Cookie = cookie.Split(';')[0];
        }

        if (login.Cookie is not null)
        {
            _logins[app] = login;
        }
    }

    [GeneratedRegex("state=[^&]+")]
    private static partial Regex State();

    [GeneratedRegex("\"enabledFeatures\":\\[[^\\]]*\\],")]
    private static partial Regex Features();
}
