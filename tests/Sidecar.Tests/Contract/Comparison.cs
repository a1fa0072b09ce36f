using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Compares what was recorded with what came, in the recordings' short forms (their README explains them).</summary>
internal sealed partial class Comparison(Ports ports)
{
    /// <summary>Headers that a client or server library adds by itself and that carry no meaning here.</summary>
    private static readonly string[] _librarys = ["date", "connection", "content-length", "transfer-encoding", "traceparent", "host", "user-agent", "accept-encoding"];

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
    }

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

        var isToken = request.Path == "/token";
        if (saw["headers"] is JsonArray headers && Lines(Expand(headers), Relevant(request.Headers.Where(header => !isToken || !(header.Is("Accept") || header.Is("Content-Type"))))) is { } difference)
        {
            yield return ("app headers", difference);
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
        var expected = Expand(recorded);
        if (echo)
        {
            expected.TryAdd("content-type", "application/json");
            expected.TryAdd("server", "uvicorn");
        }
        else if (isNoAppId)
        {
            expected.TryAdd("content-type", "application/json");
        }

        if (Lines(expected, Relevant(actual.Headers)) is { } difference)
        {
            yield return ("headers", difference);
        }

        var traced = recorded is null || recorded.Any(header => (string)header![0]! is "*" or "Traceparent");
        if (traced != actual.Header("traceparent") is not null)
        {
            yield return ("traceparent", traced ? "missing" : "not expected");
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
            return length == actual.Body.Length ? null : $"recorded {length} bytes, came {actual.Body.Length}";
        }

        var text = (string?)expected["body"];
        return text is null || text == ports.ToRecorded(actual.Text) ? null : $"recorded '{text}', came '{Short(ports.ToRecorded(actual.Text))}'";
    }

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
            return length == request.Body.Length ? null : $"recorded {length} bytes, came {request.Body.Length}";
        }

        if (saw["json"] is { } json)
        {
            return JsonNode.DeepEquals(json, JsonNode.Parse(request.BodyText)) ? null : $"recorded {json.ToJsonString()}, came {Short(request.BodyText)}";
        }

        var text = (string?)saw["body"];
        return text is null || text == ports.ToRecorded(Pkce().Replace(request.BodyText, string.Empty)) ? null : $"recorded '{Short(text)}', came '{Short(ports.ToRecorded(request.BodyText))}'";
    }

    private Dictionary<string, string> Expand(JsonArray? recorded)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in recorded ?? [])
        {
            var name = ((string)line![0]!).ToLowerInvariant();
            if (name != "*" && !_librarys.Contains(name))
            {
                Add(headers, name, (string)line[1]!);
            }
        }

        return headers;
    }

    private Dictionary<string, string> Relevant(IEnumerable<Header> lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            if (!_librarys.Contains(line.Name.ToLowerInvariant()))
            {
                Add(headers, line.Name.ToLowerInvariant(), ports.ToRecorded(line.Value));
            }
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

    private string? Lines(Dictionary<string, string> expected, Dictionary<string, string> actual)
    {
        var difference = expected
            .Where(pair => !actual.TryGetValue(pair.Key, out var value) || !Matches(pair.Value, value))
            .Select(pair => $"{pair.Key} recorded '{Short(pair.Value)}', came '{Short(actual.GetValueOrDefault(pair.Key) ?? "(none)")}'")
            .Concat(actual.Where(pair => !expected.ContainsKey(pair.Key)).Select(pair => $"{pair.Key} '{Short(pair.Value)}' is new"));
        var text = string.Join("; ", difference);
        return text.Length == 0 ? null : text;
    }

    private static bool Matches(string recorded, string actual)
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

        var pattern = Placeholder().Replace(Regex.Escape(recorded), ".+?");
        return Regex.IsMatch(actual, $"^{pattern}$", RegexOptions.Singleline);
    }

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";

    /// <summary>What this sidecar adds to a login; its own tests check it.</summary>
    [GeneratedRegex("&code_challenge=[^&]*&code_challenge_method=S256|code_verifier=[^&]*&")]
    private static partial Regex Pkce();

    [GeneratedRegex(@"\btok-\d+\b")]
    private static partial Regex TokenNumber();

    [GeneratedRegex("<(?:traceparent-0[01]|date|time|uuid|jwt|session|port|ip|host|dns)>")]
    private static partial Regex Placeholder();
}
