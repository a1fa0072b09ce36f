using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>Expands the short forms of headers and cookies (<c>_common.json</c>).</summary>
internal static class ExpectedHeaders
{
    /// <summary>Headers whose absence in a recording is a fact too.</summary>
    public static readonly IReadOnlySet<string> Watched = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "X-Frame-Options", "Content-Security-Policy", "Cache-Control", "Pragma", "WWW-Authenticate", "Location", "Set-Cookie",
        "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers",
        "Access-Control-Allow-Credentials", "Access-Control-Max-Age", "Content-Language", "Referrer-Policy", "Strict-Transport-Security",
        "X-Content-Type-Options", "X-Robots-Tag",
    };

    private static readonly JsonObject Common = JsonNode.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contract", "Recordings", "_common.json")))!.AsObject();

    public static Dictionary<string, List<string>> Expand(JsonObject headers)
    {
        var expanded = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var group in headers["*"]?.AsArray() ?? [])
        {
            foreach (var (name, value) in Common["headers"]![(string)group!]!.AsObject())
            {
                expanded[name] = Values(value!);
            }
        }

        foreach (var (name, value) in headers.Where(header => header.Key != "*"))
        {
            expanded[name] = Values(value!);
        }

        if (expanded.TryGetValue("Set-Cookie", out var cookies))
        {
            expanded["Set-Cookie"] = [.. cookies.SelectMany(cookie => Common["Set-Cookie"]![cookie] is JsonArray several ? Values(several) : [cookie])];
        }

        return expanded;
    }

    public static JsonObject? TokenHeader(string part) => Common["decoded.header"]![part]?.AsObject();

    private static List<string> Values(JsonNode value) => value is JsonArray several ? [.. several.Select(item => (string)item!)] : [(string)value!];
}
