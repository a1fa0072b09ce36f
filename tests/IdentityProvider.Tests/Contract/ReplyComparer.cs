using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>Compares an answer with a recording, and names every difference that is not intended.</summary>
internal sealed class ReplyComparer(Recording recording)
{
    /// <param name="sameJson">What <c>"&lt;same as …&gt;"</c> stands for.</param>
    public IReadOnlyList<string> Compare(Exchange exchange, Reply reply, JsonNode? sameJson)
    {
        var expected = exchange.Response!;
        var differences = new List<string>();
        if ((int)expected["status"]! != reply.Status)
        {
            differences.Add($"status: is {reply.Status}, recorded as {expected["status"]}; body {reply.Body}");
        }

        differences.AddRange(CompareHeaders(ExpectedHeaders.Expand(expected["headers"]!.AsObject()), reply));
        differences.AddRange(CompareBody(expected, reply, sameJson));
        differences.AddRange(CompareTokens(exchange, reply));
        return [.. differences.Where(difference => !IntendedDifferences.Covers(exchange, difference))];
    }

    private static IEnumerable<string> CompareHeaders(Dictionary<string, List<string>> expected, Reply reply)
    {
        foreach (var (name, values) in expected)
        {
            var actual = reply.Headers.GetValueOrDefault(name) ?? [];
            // HttpClient sorts the directives, and one header of two is as good as two of one.
            actual = name.Contains("Allow", StringComparison.Ordinal) && actual.Count > 1 ? [string.Join(", ", actual)] : actual;
            var isCache = name.Equals("Cache-Control", StringComparison.OrdinalIgnoreCase);
            var left = (isCache ? actual.SelectMany(value => value.Split(", ")) : actual).ToList();
            var wanted = isCache ? values.SelectMany(value => value.Split(", ")).ToList() : values;
            foreach (var value in wanted)
            {
                var found = left.FindIndex(candidate => MatchesHeader(name, value, candidate));
                if (found < 0)
                {
                    yield return $"header {name}: lacks \"{value}\", is \"{string.Join(" | ", actual)}\"";
                }
                else
                {
                    left.RemoveAt(found);
                }
            }

            foreach (var value in left.Where(value => value.Length > 0))
            {
                yield return $"header {name}: has \"{value}\", which is not recorded";
            }
        }

        foreach (var name in reply.Headers.Keys.Where(name => ExpectedHeaders.Watched.Contains(name) && !expected.ContainsKey(name)))
        {
            yield return $"header {name}: is \"{string.Join(" | ", reply.Headers[name])}\", not recorded";
        }
    }

    private static bool MatchesHeader(string name, string expected, string actual)
        => name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
            ? expected.Replace(" ", "", StringComparison.Ordinal).Equals(actual.Replace(" ", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)
            : name.Contains("Allow", StringComparison.Ordinal)
                ? expected.Split(", ").ToHashSet().SetEquals(actual.Split(", "))
                : Shape.Matches(expected, actual);

    private IEnumerable<string> CompareBody(JsonObject expected, Reply reply, JsonNode? sameJson)
    {
        if (expected["json"] is { } json)
        {
            var wanted = json is JsonValue && ((string)json!).StartsWith("<same as ", StringComparison.Ordinal) ? sameJson : json;
            JsonNode? given;
            try
            {
                given = JsonNode.Parse(reply.Body);
            }
            catch (System.Text.Json.JsonException)
            {
                return [$"body: is not JSON: {reply.Body}"];
            }

            return JsonComparer.Compare(wanted, given, "json");
        }

        return expected["page"] is { } page ? ComparePage(page, reply) : [];
    }

    private IEnumerable<string> ComparePage(JsonNode page, Reply reply)
    {
        var wanted = page is JsonValue
            ? new Recording("login-page", $"http://{recording.Authority}")[(string)page!].Response!["page"]!.AsObject()
            : page.AsObject();
        if (wanted["forms"] is JsonArray forms && page is JsonValue)
        {
            // "login page" stands for the first one: it is another client's elsewhere.
            forms[0]!["action"] = ((string)forms[0]!["action"]!).Replace("client_id=mcp-console", "client_id=" + ClientOf(reply), StringComparison.Ordinal);
        }

        wanted = PageFacts.Normalize(wanted);
        var given = PageFacts.Read(reply.Body);
        foreach (var (name, value) in wanted)
        {
            if (name == "text" && SameWords(value, given[name]))
            {
                continue;
            }

            foreach (var difference in JsonComparer.Compare(value, given[name], $"page.{name}"))
            {
                yield return difference;
            }
        }
    }

    /// <summary>Keycloak lists the scopes to consent to in no fixed order.</summary>
    private static bool SameWords(JsonNode? expected, JsonNode? actual)
        => (string?)expected is { } wanted && wanted.Contains("Do you grant", StringComparison.Ordinal)
           && wanted.Split(' ').Order().SequenceEqual(((string?)actual ?? "").Split(' ').Order());

    private static string ClientOf(Reply reply)
    {
        var action = PageFacts.Form(reply.Body)?.Action ?? "";
        var at = action.IndexOf("client_id=", StringComparison.Ordinal);
        return at < 0 ? "" : action[(at + 10)..].Split('&')[0];
    }

    private IEnumerable<string> CompareTokens(Exchange exchange, Reply reply)
    {
        foreach (var (part, recorded) in exchange.Json["decoded"]?.AsObject() ?? [])
        {
            var value = reply.Location is { } location && location.Contains($"{part}=", StringComparison.Ordinal)
                ? reply.Parameter(part)
                : (string?)reply.Json[part];
            if (value is null)
            {
                yield return $"{part}: missing";
                continue;
            }

            var token = recording.Resolve(recorded!, part).AsObject();
            var pieces = value.Split('.');
            var header = token["header"] ?? ExpectedHeaders.TokenHeader(part);
            foreach (var difference in JsonComparer.Compare(header, Decode(pieces[0]), $"{part}.header")
                         .Concat(JsonComparer.Compare(token["payload"], Decode(pieces[1]), part)))
            {
                yield return difference;
            }
        }
    }

    private static JsonNode? Decode(string piece) => JsonNode.Parse(Base64Url.DecodeFromChars(piece));
}
