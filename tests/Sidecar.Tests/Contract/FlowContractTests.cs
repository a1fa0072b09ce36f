using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>
/// Whole calls and logins that were recorded through two daprds with the shipped components: the app answers what the
/// MCP server of the recording did, so that what the caller gets can be compared byte for byte.
/// </summary>
[Trait("Category", "Contract")]
public sealed partial class FlowContractTests : IAsyncDisposable
{
    private const string AtProvider = "2 form|2 provider|3 form|5 following it";

    private ShippedSidecars _shipped;
    private readonly ScriptedApp _app = new();
    private readonly Differences _differences = Differences.Load();
    private readonly List<string> _states = [];
    private string? _session;
    private string? _location;

    public FlowContractTests() => _shipped = new ShippedSidecars(_app);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("agent-call")]
    [InlineData("console-login")]
    [InlineData("flow-console")]
    [Plays("agent-call", "console-login", "flow-console", Except = AtProvider)]
    public async Task Flow_Replayed_IsAnsweredAsByDaprd(string topic)
    {
        await _shipped.StartAsync(Stopping);
        var found = new List<string>();
        foreach (var entry in Recording.Topic(topic).Where(entry => !Regex.IsMatch((string)entry["name"]!, $"^(?:{AtProvider})$")))
        {
            found.AddRange(await ReplayAsync(topic, entry));
        }

        found.AddRange(_differences.Unused(topic));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    [Plays("browser-login", Except = AtProvider + "|claims of the session's token at the app")]
    public async Task BrowserLogin_ReplayedInAppHttpPipeline_ComesBackToTheSidecar()
    {
        const string Topic = "browser-login";
        _shipped = new ShippedSidecars(_app) { Change = LoginInAppPipeline };
        await _shipped.StartAsync(Stopping);
        var (found, comparison) = (new List<string>(), new Comparison(new Ports()));
        foreach (var entry in Recording.Topic(Topic).Where(entry => !Regex.IsMatch((string)entry["name"]!, $"^(?:{AtProvider})$") && entry["claims"] is null))
        {
            if (entry["request"] is not null)
            {
                found.AddRange(await ReplayAsync(Topic, entry));
            }
            else
            {
                var observed = new Observed { Values = { ["location"] = _location, ["dropped"] = new JsonArray(), ["of_100"] = entry["of_100"] is null ? null : await DroppedAsync() } };
                found.AddRange(Ledger.Compare(_differences, Topic, entry, recorded => observed.Compare(recorded, comparison)));
            }
        }

        found.AddRange(_differences.Unused(Topic));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    public async ValueTask DisposeAsync()
    {
        await _shipped.DisposeAsync();
        await _app.DisposeAsync();
    }

    /// <summary>The first draft that was recorded: the login in front of the bearer, where a path is that of the app.</summary>
    private static string LoginInAppPipeline(string text) => text
        .Replace("  httpPipeline: # callers → sidecar\n    handlers:\n      - name: login\n        type: middleware.http.oauth2\n", string.Empty, StringComparison.Ordinal)
        .Replace("    handlers:\n      - name: bearer\n", "    handlers:\n      - name: login\n        type: middleware.http.oauth2\n      - name: bearer\n", StringComparison.Ordinal)
        .Replace("\"^/v1\\\\.0/invoke/mcp-server/method/audit(/|$)\"", "\"^/audit(/|$)\"", StringComparison.Ordinal);

    /// <summary>How many of a hundred session cookies a browser would drop.</summary>
    private async Task<int> DroppedAsync()
    {
        var dropped = 0;
        for (var call = 0; call < 100; call++)
        {
            var answer = await RawClient.GetAsync(_shipped["server"].HttpPort, "/v1.0/invoke/mcp-server/method/audit", Stopping);
            dropped += answer.Header("Set-Cookie")!.Contains("Max-Age=0", StringComparison.Ordinal) ? 1 : 0;
        }

        return dropped;
    }

    private async Task<List<string>> ReplayAsync(string topic, JsonObject entry)
    {
        var name = (string)entry["name"]!;
        var request = entry["request"]!;
        var url = new Uri(((string)request["url"]!).Replace('{', '<').Replace('}', '>'));
        var app = url.Port switch { 3500 => "console", 3501 => "server", _ => "agent" };
        if (name == "callback replayed")
        {
            // The callbacks before it have used up the state of the first call.
            Remember("login", await RawClient.PostAsync(_shipped[app].HttpPort, "/mcp", "{}", Stopping, ("dapr-app-id", "mcp-server")));
        }

        if (name == "call after the token ran out")
        {
            // Ten minutes after the login: the session's token is one that has run out since, and there is none to follow it.
            await ExpireAsync();
        }

        _app.Answer = entry["response"]!.AsObject();
        _app.TakeRequests();
        var headers = Headers(request["headers"]!).Select(header => (header.Name, Value: Fill(header.Value, name))).ToArray();
        if (topic == "browser-login")
        {
            headers = [.. headers, ("User-Agent", "python-httpx/0.28.1"), ("Accept-Encoding", "gzip, deflate"), .. name.StartsWith("8 ", StringComparison.Ordinal) ? [("Authorization", "Bearer callers-own")] : Array.Empty<(string, string)>()];
        }

        var body = request["body"]?.ToJsonString() ?? ((string)request["method"]! == "POST" ? "{}" : null);
        var response = await RawClient.SendAsync(_shipped[app].HttpPort, (string)request["method"]!, Fill(url.PathAndQuery, name), body, Stopping, headers);
        _location = response.Header("Location") ?? _location;
        Remember(name, response);
        var reached = _app.TakeRequests();
        return Ledger.Compare(_differences, topic, entry, recorded => Compare(topic, recorded["response"]!.AsObject(), response, reached));
    }

    private static string FirstLogin(string topic)
        => Headers(Recording.Topic(topic)[0]["response"]!["headers"]!).Single(header => header.Name.Equals("Location", StringComparison.OrdinalIgnoreCase)).Value;

    private static IEnumerable<(string What, string Detail)> Compare(string topic, JsonObject recorded, RawResponse response, IReadOnlyList<RawRequest> reached)
    {
        if ((int)recorded["status"]! != response.Status)
        {
            yield return ("status", $"recorded {recorded["status"]}, came {response.Status} {response.Text}");
        }

        var came = response.Headers.ToLookup(header => header.Name, header => Plain(header.Value), StringComparer.OrdinalIgnoreCase);
        var expected = Headers(recorded["headers"]!).ToLookup(header => header.Name, header => Plain(header.Value), StringComparer.OrdinalIgnoreCase);
        foreach (var name in expected.Select(header => header.Key))
        {
            var (one, other) = (string.Join(" | ", expected[name]), string.Join(" | ", came[name]));
            if (one == "<login>")
            {
                one = Plain(FirstLogin(topic)); // in full where it comes first
            }

            if (!Comparison.Matches(one, other))
            {
                yield return ("headers", $"{name} recorded '{one}', came '{other}'");
            }
        }

        foreach (var name in came.Select(header => header.Key).Where(name => !expected.Contains(name) && name is not ("Date" or "Traceparent" or "traceparent" or "Content-Length" or "Transfer-Encoding" or "Server")))
        {
            yield return ("headers", $"{name} '{string.Join(" | ", came[name])}' is new");
        }

        if (recorded["json"] is JsonObject echo && reached.Count > 0)
        {
            foreach (var mismatch in Echo(echo, reached[0]))
            {
                yield return mismatch;
            }
        }

        if (recorded["body"] is { } body && (string)body! != response.Text)
        {
            yield return ("body", $"recorded {body}, came {response.Text}");
        }

        if (ScriptedApp.IsOfTheApp(recorded) != reached.Count > 0)
        {
            yield return ("reached", $"recorded {ScriptedApp.IsOfTheApp(recorded)}, came {reached.Count}");
        }
    }

    /// <summary>The recorded app echoed what it saw.</summary>
    private static IEnumerable<(string What, string Detail)> Echo(JsonObject recorded, RawRequest came)
    {
        var seen = new JsonObject { ["method"] = came.Verb, ["path"] = came.Path, ["raw"] = came.Path, ["query"] = came.Query, ["body"] = came.BodyText };
        foreach (var pair in recorded.Where(pair => pair.Key != "headers" && !JsonNode.DeepEquals(pair.Value, seen[pair.Key])))
        {
            yield return ("app " + pair.Key, $"recorded {pair.Value?.ToJsonString()}, came {seen[pair.Key]?.ToJsonString()}");
        }

        foreach (var (name, value) in Headers(recorded["headers"]!))
        {
            var one = came.Headers.Value(name) ?? "(none)";
            one = name == "host" ? Regex.Replace(one, @":\d+$", ":5200") : name == "authorization" ? Regex.Replace(one, "ey[^ ]+$", "<jwt>") : one;
            if (!Comparison.Matches(value, one))
            {
                yield return ("app headers", $"{name} recorded '{value}', came '{one}'");
            }
        }
    }

    private static IEnumerable<(string Name, string Value)> Headers(JsonNode headers) => headers is JsonArray lines
        ? lines.Select(line => ((string)line![0]!, (string)line[1]!))
        : headers.AsObject().Select(pair => (pair.Key, (string)pair.Value!));

    /// <summary>Values of the moment have their place, whatever the recording calls them.</summary>
    private static string Plain(string value)
    {
        value = value.Replace('{', '<').Replace('}', '>');
        value = Regex.Replace(value, "&code_challenge=[^&]*&code_challenge_method=S256", string.Empty); // its own tests check it
        value = Regex.Replace(value, "state=[^&]+", "state=<state>");
        value = Regex.Replace(value, "gosessionsid=[^;]+", "gosessionsid=<session>");
        value = Regex.Replace(value, "Expires=[^;]+", "Expires=<date>");
        value = Regex.Replace(value, "; SameSite=Lax|; Max-Age=0", string.Empty);
        value = value == "<traceparent>" ? value : Regex.Replace(value, "^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", "<traceparent>");
        return value == "<date>" ? value : Regex.Replace(value, "^\\w{3}, .* GMT$", "<date>");
    }

    private string Fill(string text, string name)
    {
        text = text.Replace('{', '<').Replace('}', '>').Replace("%3C", "<", StringComparison.Ordinal).Replace("%3E", ">", StringComparison.Ordinal)
            .Replace("%7B", "<", StringComparison.Ordinal).Replace("%7D", ">", StringComparison.Ordinal);
        var session = name switch
        {
            "callback in another session" => "bWFsbG9yeXMtb3du",
            "session id chosen by the client" => "Y2hvc2VuLWJ5LWNsaWVudA",
            _ => _session,
        };
        text = text.Replace("<state>", _states.LastOrDefault(), StringComparison.Ordinal).Replace("<code>", "c", StringComparison.Ordinal).Replace("<session_state>", "s", StringComparison.Ordinal);
        return Regex.Replace(text, "gosessionsid=<\\w+>", $"gosessionsid={session}");
    }

    private void Remember(string name, RawResponse response)
    {
        if (name is "callback in another session" or "callback without a session cookie" or "session id chosen by the client" or "call after forgetting the cookie" or "call with an Authorization header" or "6 POST without the session" or "a browser that obeys Max-Age=0: callback" or "header style: protected page")
        {
            return; // of another browser
        }

        if (response.Header("Set-Cookie") is { } cookie)
        {
            _session = cookie["gosessionsid=".Length..cookie.IndexOf(';', StringComparison.Ordinal)];
        }

        if (response.Header("Location") is { } location && location.Contains("state=", StringComparison.Ordinal))
        {
            _states.Add(HttpUtility.ParseQueryString(new Uri(location).Query)["state"]!);
        }
    }

    private async Task ExpireAsync()
    {
        var (sidecar, long_) = (_shipped["console"], _shipped.Provider.TokenText);
        _shipped.Provider.TokenText = _ => _shipped.Provider.Key.Sign(_shipped.Provider.Claims(claims => claims["exp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 601));
        _shipped.Provider.ExpiresIn = 1;
        (string, string)[] call = [("dapr-app-id", "mcp-server"), ("Accept", "application/json, text/event-stream")];
        Remember("login", await RawClient.PostAsync(sidecar.HttpPort, "/mcp", "{}", Stopping, call));
        Remember("login", await RawClient.GetAsync(sidecar.HttpPort, $"/mcp?state={_states[^1]}&code=c", Stopping, [.. call, ("Cookie", $"gosessionsid={_session}")]));
        var expired = DateTimeOffset.UtcNow.AddSeconds(1.2);
        await Eventually.TrueAsync(() => DateTimeOffset.UtcNow > expired, "the token has expired", Stopping);
        _shipped.Provider.TokenText = long_;
    }
}
