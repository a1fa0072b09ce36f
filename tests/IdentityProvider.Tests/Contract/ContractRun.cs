using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>Plays one topic against a provider and remembers how each exchange compared.</summary>
internal sealed partial class ContractRun(string topic, ContractTarget target, params (string Recorded, string Here)[] hosts)
{
    /// <summary>Outcome of exchanges that a provider at IDP_URL cannot play.</summary>
    public const string NeedsVariant = "needs a variant of the realm";

    private readonly Dictionary<string, string> _outcomes = [];
    private readonly Dictionary<string, JsonNode> _documents = [];

    public Recording Recording { get; } = new(topic, target.BaseUrl, hosts);

    /// <summary>Hosts of the recording that stand elsewhere in the variants to come.</summary>
    public (string Recorded, string Here)[] Hosts { get; set; } = hosts;

    public ContractTarget Target => target;

    public string Issuer => target.Issuer;

    public IReadOnlyDictionary<string, string> Outcomes => _outcomes;

    public Browser NewBrowser() => new(target.BaseUrl);

    /// <summary>Plays the exchanges that need nothing but themselves.</summary>
    public async Task PlayAsync(params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            await SendAsync(name);
        }
    }

    /// <summary>Sends an exchange's request, its placeholders filled by parameter name, and compares the answer.</summary>
    public async Task<Reply> SendAsync(string name, Fill? fill = null, Browser? browser = null)
    {
        var exchange = Recording[name];
        var request = exchange.Request!;
        fill ??= new Fill();
        var url = fill.Url ?? FillQuery(((string)request["url"]!).Replace("{issuer}", Issuer, StringComparison.Ordinal), fill);
        var form = ReadForm(request, fill);
        var headers = (request["headers"]?.AsObject() ?? []).Select(header => KeyValuePair.Create(header.Key, FillHeader(header.Key, (string)header.Value!, fill)));
        var body = request["body"] switch
        {
            null => null,
            JsonValue text => Expand((string)text!),
            var json => SpacedJson.Write(FillBody(json, fill)),
        };
        LeaveRestartCookie(request, browser);
        var reply = browser is not null
            ? await browser.SendAsync((string)request["method"]!, url, form, headers)
            : await Http.SendAsync((string)request["method"]!, url, form, body, headers);
        Check(exchange, reply);
        return reply;
    }

    /// <summary>Compares an answer that came by other means.</summary>
    public void Check(string name, Reply reply) => Check(Recording[name], reply);

    /// <summary>Plays a part against a variant of the realm; only our own provider can be given one.</summary>
    public async Task PlayOnVariantAsync(IEnumerable<string> names, Action<JsonObject> change, Func<ContractRun, Task> play, params string[] args)
    {
        if (target.Own is null)
        {
            foreach (var name in names)
            {
                _outcomes[name] = NeedsVariant;
            }

            return;
        }

        await using var variant = await ContractTarget.StartVariantAsync(TestRealm.Variant(change), args);
        var run = new ContractRun(Recording.Topic, variant, Hosts);
        await play(run);
        foreach (var (name, outcome) in run.Outcomes)
        {
            _outcomes[name] = outcome;
        }
    }

    /// <summary>Notes the outcome of an exchange that is no request.</summary>
    public void Note(string name, params IEnumerable<string> differences) => _outcomes[name] = string.Join('\n', differences);

    private void Check(Exchange exchange, Reply reply)
    {
        var same = exchange.Response!["json"] is JsonValue value ? _documents.GetValueOrDefault(((string)value!)[9..^1]) : null;
        _outcomes[exchange.Name] = string.Join('\n', new ReplyComparer(Recording).Compare(exchange, reply, same));
        if (exchange.Response["json"] is JsonObject document)
        {
            _documents[exchange.Name] = document.DeepClone();
        }
    }

    /// <summary>Some recordings begin with a KC_RESTART that an earlier page had left in the browser.</summary>
    private static void LeaveRestartCookie(JsonObject request, Browser? browser)
    {
        const string Restart = "KC_RESTART";
        if (browser is not null && !browser.Cookies.ContainsKey(Restart) && (request["cookies"]?.AsArray() ?? []).Any(name => (string?)name == Restart))
        {
            browser.SetCookie(Restart, "left-by-an-earlier-page");
        }
    }

    private static List<KeyValuePair<string, string>>? ReadForm(JsonObject request, Fill fill) => request["form"] switch
    {
        null => null,
        JsonArray pairs => [.. pairs.Select(pair => KeyValuePair.Create((string)pair![0]!, (string)pair[1]!))],
        var members => [.. members.AsObject().Select(member => KeyValuePair.Create(member.Key, fill.Value(member.Key, Expand((string)member.Value!))))],
    };

    private static JsonNode FillBody(JsonNode json, Fill fill)
    {
        var filled = json.DeepClone();
        if (filled is JsonObject members && members["client_id"] is { } clientId)
        {
            members["client_id"] = fill.Value("client_id", (string)clientId!);
        }

        return filled;
    }

    private static string FillHeader(string name, string value, Fill fill)
        => name == "Authorization" && value.Contains("<jwt>", StringComparison.Ordinal)
            ? value.Replace("<jwt>", fill.Value("Authorization", "<jwt>"), StringComparison.Ordinal)
            : name == "DPoP" ? fill.Value(name, value) : Base64Part().Replace(value, match => match.Groups[1].Length == 0 ? "!" : Convert.ToBase64String(Encoding.UTF8.GetBytes(match.Groups[1].Value)));

    private static string FillQuery(string url, Fill fill)
        => QueryPair().Replace(Expand(url), match => match.Groups[3].Value.Contains('<')
            ? $"{match.Groups[1].Value}{match.Groups[2].Value}={Uri.EscapeDataString(fill.Value(match.Groups[2].Value, match.Groups[3].Value))}"
            : match.Value);

    /// <summary>Writes out <c>&lt;5000 times x&gt;</c>.</summary>
    private static string Expand(string text)
        => Times().Replace(text, match => new string(match.Groups[2].Value[0], int.Parse(match.Groups[1].Value)));

    [GeneratedRegex(@"<(\d+) times (.)>")]
    private static partial Regex Times();

    [GeneratedRegex(@"([?&])([a-z_]+)=([^&#]*)")]
    private static partial Regex QueryPair();

    [GeneratedRegex(@"base64\((.*)\)")]
    private static partial Regex Base64Part();
}

/// <summary>Values for the placeholders of a request.</summary>
internal sealed record Fill(params (string Name, string Value)[] Values)
{
    /// <summary>Replaces the whole address: that of a form on the current page.</summary>
    public string? Url { get; init; }

    /// <summary>Also replaces values that were recorded literally, such as a challenge whose verifier is not known.</summary>
    public bool Overrides { get; init; }

    public string Value(string name, string recorded)
    {
        if (!recorded.Contains('<') && !(Overrides && Values.Any(value => value.Name == name)))
        {
            return recorded;
        }

        return Values.Where(value => value.Name == name).Select(value => value.Value).FirstOrDefault()
               ?? throw new InvalidOperationException($"nothing fills {name}={recorded}");
    }
}
