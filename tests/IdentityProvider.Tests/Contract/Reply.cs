using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>An answer as it came.</summary>
internal sealed record Reply(int Status, IReadOnlyDictionary<string, IReadOnlyList<string>> Headers, string Body)
{
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    public string? Location => Headers.TryGetValue("Location", out var values) ? values[0] : null;

    /// <summary>A string member of the JSON body.</summary>
    public string this[string name] => (string?)Json[name] ?? throw new InvalidOperationException($"no {name} in {Status} {Body}");

    /// <summary>A parameter of the address the browser is sent to.</summary>
    public string Parameter(string name)
    {
        var location = Location ?? throw new InvalidOperationException($"no Location in {Status} {Body}");
        return location.Split('?', '#').Skip(1).SelectMany(part => part.Split('&'))
            .Where(pair => pair.StartsWith($"{name}=", StringComparison.Ordinal))
            .Select(pair => Uri.UnescapeDataString(pair[(name.Length + 1)..].Replace('+', ' ')))
            .FirstOrDefault() ?? throw new InvalidOperationException($"no {name} in {location}");
    }

    public static async Task<Reply> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => (IReadOnlyList<string>)[.. header.Value], StringComparer.OrdinalIgnoreCase);
        return new Reply((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync(cancel));
    }
}
