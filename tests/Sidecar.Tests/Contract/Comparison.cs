using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Compares what was recorded with what came, in the recordings' short forms (their README explains them).</summary>
internal sealed partial class Comparison(Ports ports)
{
    /// <summary>Left out of the recordings where they say nothing: they may be there or not.</summary>
    private static readonly string[] _folded = ["connection", "content-length", "transfer-encoding"];

    /// <summary>What <c>["*","std"]</c> and <c>["*","token"]</c> stand for in a request.</summary>
    private static readonly Dictionary<string, (string Name, string Value)[]> _short = new()
    {
        ["std"] = [("host", "127.0.0.1:5600"), ("user-agent", "Go-http-client/1.1"), ("accept-encoding", "gzip"), ("traceparent", "<traceparent>")],
        ["token"] = [("host", "127.0.0.1:5680"), ("user-agent", "Go-http-client/1.1"), ("accept-encoding", "gzip"), ("content-type", "application/x-www-form-urlencoded")],
    };

    /// <summary>What <c>["*","std"]</c> stands for in an answer.</summary>
    private static readonly (string Name, string Value)[] _answer = [("date", "<date>"), ("traceparent", "<traceparent>")];

    public IEnumerable<(string What, string Detail)> Response(JsonObject expected, RawResponse actual)
    {
        var status = (int)expected["status"]!;
        if (status != actual.Status)
        {
            yield return ("status", $"recorded {status}, came {actual.Status} {Short(actual.Text)}");
        }

        var echo = (string?)expected["body"] == "(echo)";
        foreach (var mismatch in ResponseHeaders(expected["headers"] as JsonArray, actual, echo, IsNoAppId(expected)))
        {
            yield return mismatch;
        }

        foreach (var mismatch in Framing(expected, actual, echo))
        {
            yield return mismatch;
        }

        if (Body(expected, actual, echo) is { } body)
        {
            yield return ("body", body);
        }

        var interim = new JsonArray([.. actual.Interim.Select(one => new JsonObject { ["status"] = one.Status, ["headers"] = new JsonArray([.. one.Headers.Select(header => (JsonNode)new JsonArray(header.Name, header.Value))]) })]);
        if (!JsonNode.DeepEquals(expected["interim"] ?? new JsonArray(), interim))
        {
            yield return ("interim", $"recorded {expected["interim"]?.ToJsonString()}, came {interim.ToJsonString()}");
        }
    }

    /// <summary>Compares the requests that came, one by one; those to the provider's token endpoint are apart.</summary>
    public IEnumerable<(string What, string Detail)> Saw(JsonNode? first, JsonArray? more, IReadOnlyList<RawRequest> apps, IReadOnlyList<RawRequest> tokens)
    {
        if (first is null)
        {
            return AppSaw(null, [.. apps, .. tokens]);
        }

        var (app, token, found) = (0, 0, new List<(string What, string Detail)>());
        foreach (var expected in more is null ? [first] : new[] { first }.Concat(more))
        {
            var isToken = (string?)(expected as JsonObject)?["path"] == "/token";
            var came = isToken ? tokens.Skip(token++).Take(1) : apps.Skip(app++).Take(1);
            found.AddRange(AppSaw(expected, [.. came]));
        }

        if ((apps.Count != app || tokens.Count != token) && !found.Any(mismatch => mismatch.What == "reached"))
        {
            found.Add(("requests", $"recorded {app} at the app and {token} for a token, came {apps.Count} and {tokens.Count}"));
        }

        return found;
    }

    /// <summary>The one exchange whose headers were recorded without short forms.</summary>
    public IEnumerable<(string What, string Detail)> InFull(JsonObject full, RawResponse response, IReadOnlyList<RawRequest> apps)
        => Lines(Expand(full["app_saw"]!.AsArray(), isRequest: true), Relevant(apps[0].Headers)).Select(line => ("app headers", line.Detail))
            .Concat(Lines(Expand(full["response"]!.AsArray(), isRequest: false), Relevant(response.Headers)).Select(line => ("headers", line.Detail)));

    public IEnumerable<(string What, string Detail)> AppSaw(JsonNode? expected, IReadOnlyList<RawRequest> actual)
    {
        if (expected is null)
        {
            if (actual.Count > 0)
            {
                yield return ("reached", $"nothing reached the app, now {actual[0].Verb} {actual[0].Target} did");
            }

            yield break;
        }

        if (actual.Count == 0)
        {
            yield return ("reached", "a request reached the app, now none does");
            yield break;
        }

        if (expected is not JsonObject saw)
        {
            if ((string?)expected != "(reached the app)")
            {
                yield return ("reached", $"'{expected}' is not known here");
            }

            yield break;
        }

        var request = actual[0];
        if ((string)saw["method"]! != request.Verb)
        {
            yield return ("app method", $"recorded {saw["method"]}, came {request.Verb}");
        }

        if ((string)saw["path"]! != ports.ToRecorded(request.Path))
        {
            yield return ("app path", $"recorded {saw["path"]}, came {request.Path}");
        }

        if (!Matches((string?)saw["query"] ?? string.Empty, ports.ToRecorded(request.Query)))
        {
            yield return ("app query", $"recorded {saw["query"]}, came {request.Query}");
        }

        if (saw["headers"] is JsonArray headers)
        {
            foreach (var (_, difference) in Lines(Expand(headers, isRequest: true), Relevant(request.Headers)))
            {
                yield return ("app headers", difference);
            }
        }

        if ((string?)saw["framing"] is { } framing && framing != request.Framing)
        {
            yield return ("app framing", $"recorded {framing}, came {request.Framing ?? "none"}");
        }

        if (RequestBody(saw, request) is { } body)
        {
            yield return ("app body", body);
        }
    }

    private IEnumerable<(string What, string Detail)> ResponseHeaders(JsonArray? recorded, RawResponse actual, bool echo, bool isNoAppId)
    {
        var expected = Expand(recorded, isRequest: false);
        if (echo)
        {
            expected.TryAdd("content-type", "application/json");
            expected.TryAdd("server", "uvicorn");
        }
        else if (isNoAppId)
        {
            expected.TryAdd("content-type", "application/json");
        }

        foreach (var (name, difference) in Lines(expected, Relevant(actual.Headers)))
        {
            yield return (name == "traceparent" ? name : "headers", difference);
        }
    }

    private static IEnumerable<(string What, string Detail)> Framing(JsonObject expected, RawResponse actual, bool echo)
    {
        var framing = (string?)expected["framing"] ?? (echo && actual.Body.Length > 0 ? "chunked" : null);
        if (framing != actual.Framing)
        {
            yield return ("framing", $"recorded {framing ?? "length"}, came {actual.Framing ?? "length"}");
        }

        if (!actual.Complete)
        {
            yield return ("complete", "the answer is cut off");
        }
    }

    private string? Body(JsonObject expected, RawResponse actual, bool echo)
    {
        if (echo)
        {
            return actual.Body.Length == 0 || actual.Text.StartsWith(EchoApp.Marker, StringComparison.Ordinal) ? null : $"recorded the app's echo, came {Short(actual.Text)}";
        }

        if (expected["json"] is { } json)
        {
            var recorded = IsNoAppId(expected)
                ? JsonNode.Parse("{\"errorCode\":\"ERR_DIRECT_INVOKE\",\"message\":\"failed getting app id either from the URL path or the header dapr-app-id\"}")
                : json;
            return Same(recorded!, actual.Text) ? null : $"recorded {recorded!.ToJsonString()}, came {Short(ports.ToRecorded(actual.Text))}";
        }

        if ((int?)expected["body_bytes"] is { } length)
        {
            return Large(length, (string)expected["body_start"]!, actual.Body.Length, actual.Text);
        }

        if ((string?)expected["body_base64"] is { } base64)
        {
            return base64 == Convert.ToBase64String(actual.Body) ? null : $"recorded {base64}, came {Convert.ToBase64String(actual.Body)}";
        }

        var text = (string?)expected["body"];
        return text is null || text == ports.ToRecorded(actual.Text) ? null : $"recorded '{text}', came '{Short(ports.ToRecorded(actual.Text))}'";
    }

    private static string? Large(int length, string start, int actualLength, string actual)
        => length == actualLength && actual.StartsWith(start, StringComparison.Ordinal) ? null : $"recorded {length} bytes, '{start}', came {actualLength}, '{actual[..Math.Min(start.Length, actual.Length)]}'";

    private static bool IsNoAppId(JsonObject expected) => expected["json"] is JsonValue text && (string?)text == "<no app id>";

    /// <summary>Not compared: daprd names features in changing order, and its own (workflows, hot reload by default), which this sidecar has not.</summary>
    private static JsonNode? WithoutFeatures(JsonNode? metadata)
    {
        var copy = metadata?.DeepClone();
        (copy as JsonObject)?.Remove("enabledFeatures");
        return copy;
    }

    private bool Same(JsonNode recorded, string actual)
    {
        try
        {
            var came = JsonNode.Parse(ports.ToRecorded(actual));
            return JsonNode.DeepEquals(WithoutFeatures(recorded), WithoutFeatures(came));
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private string? RequestBody(JsonObject saw, RawRequest request)
    {
        if ((int?)saw["body_bytes"] is { } length)
        {
            return Large(length, (string)saw["body_start"]!, request.Body.Length, request.BodyText);
        }

        if (saw["json"] is { } json)
        {
            return JsonNode.DeepEquals(json, JsonNode.Parse(request.BodyText)) ? null : $"recorded {json.ToJsonString()}, came {Short(request.BodyText)}";
        }

        var text = (string?)saw["body"];
        return text is null || text == ports.ToRecorded(Pkce().Replace(request.BodyText, string.Empty)) ? null : $"recorded '{Short(text)}', came '{Short(ports.ToRecorded(request.BodyText))}'";
    }

    private static Dictionary<string, string> Expand(JsonArray? recorded, bool isRequest)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in recorded ?? new JsonArray(new JsonArray("*", "std")))
        {
            var (name, value) = ((string)line![0]!, (string)line[1]!);
            if (name != "*" || (isRequest && !_short.ContainsKey(value)) || (!isRequest && value != "std"))
            {
                Add(headers, name.ToLowerInvariant(), value);
            }
        }

        var folded = (recorded ?? new JsonArray(new JsonArray("*", "std"))).Where(line => (string)line![0]! == "*").Select(line => (string)line![1]!);
        foreach (var (name, value) in folded.SelectMany(name => isRequest ? _short.GetValueOrDefault(name) ?? [] : name == "std" ? _answer : []))
        {
            headers.TryAdd(name, value);
        }

        return headers;
    }

    private Dictionary<string, string> Relevant(IEnumerable<Header> lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            Add(headers, line.Name.ToLowerInvariant(), ports.ToRecorded(line.Value));
        }

        return headers;
    }

    /// <summary>Repeated lines mean the same as one line with commas (cookies: semicolons); libraries join them.</summary>
    private static void Add(Dictionary<string, string> headers, string name, string value)
    {
        value = name == "www-authenticate" ? value : value.Replace(", ", ",", StringComparison.Ordinal);
        value = Pkce().Replace(value, string.Empty).Replace("; Max-Age=0", string.Empty, StringComparison.Ordinal).Replace("; SameSite=Lax", string.Empty, StringComparison.Ordinal);
        value = name == "access-control-allow-headers" ? value.ToLowerInvariant() : TokenNumber().Replace(value, "tok-n");
        headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier}{(name == "cookie" ? "; " : ",")}{value}" : value;
    }

    private static IEnumerable<(string Name, string Detail)> Lines(Dictionary<string, string> expected, Dictionary<string, string> actual)
        => expected
            .Where(pair => !actual.TryGetValue(pair.Key, out var value) || !Matches(pair.Value, value))
            .Select(pair => (pair.Key, $"{pair.Key} recorded '{Short(pair.Value)}', came '{Short(actual.GetValueOrDefault(pair.Key) ?? "(none)")}'"))
            .Concat(actual.Where(pair => !expected.ContainsKey(pair.Key) && !_folded.Contains(pair.Key)).Select(pair => (pair.Key, $"{pair.Key} '{Short(pair.Value)}' is new")));

    public static bool Matches(string recorded, string actual)
    {
        if (recorded == actual)
        {
            return true;
        }

        if (recorded == "<login>")
        {
            return Regex.IsMatch(actual, @"^http://127\.0\.0\.1:5680/auth\?access_type=offline&client_id=mcp-console&redirect_uri=[^&]+&response_type=code&scope=[^&]+&state=[^&]+$");
        }

        if (recorded == "<cookie>")
        {
            return Regex.IsMatch(actual, "^gosessionsid=[^;]+; Path=/; Expires=[^;]+; HttpOnly$");
        }

        if (recorded.IndexOfAny(['<', '…']) < 0)
        {
            return false;
        }

        var pattern = Placeholder().Replace(Regex.Escape(recorded), match => match.Value switch
        {
            "<traceparent-01>" => "00-[0-9a-f]{32}-[0-9a-f]{16}-01",
            "<traceparent-00>" => "00-[0-9a-f]{32}-[0-9a-f]{16}-00",
            "<traceparent>" => "00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]",
            _ => ".+?",
        });
        return Regex.IsMatch(actual, $"^{pattern}$", RegexOptions.Singleline);
    }

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";

    /// <summary>What this sidecar adds to a login; its own tests check it.</summary>
    [GeneratedRegex("&code_challenge=[^&]*&code_challenge_method=S256|code_verifier=[^&]*&")]
    private static partial Regex Pkce();

    [GeneratedRegex(@"\btok-\d+\b")]
    private static partial Regex TokenNumber();

    [GeneratedRegex("<(?:traceparent(?:-0[01])?|date|time|uuid|jwt|session|port|ip|host|dns)>|…")]
    private static partial Regex Placeholder();
}
