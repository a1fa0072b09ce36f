using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Hosting;

/// <summary>The shipped realm file, its secrets as in the recordings, and variants of it.</summary>
internal static class TestRealm
{
    public static readonly IReadOnlyDictionary<string, string> Values = new Dictionary<string, string>
    {
        ["MCP_AGENT_SECRET"] = "agent-secret",
        ["MCP_CONSOLE_SECRET"] = "console-secret",
        ["MCP_AUDIT_SECRET"] = "audit-secret",
        ["MCP_SERVER_SECRET"] = "server-secret",
        ["DEMO_PASSWORD"] = "demo-password",
        ["MCP_RESOURCE"] = "http://localhost:5200/mcp",
    };

    public static string Shipped => Path.Combine(AppContext.BaseDirectory, "realm", "mcp-realm.json");

    /// <summary>Writes a changed copy and returns its path.</summary>
    public static string Variant(Action<JsonObject> change)
    {
        var realm = JsonNode.Parse(File.ReadAllText(Shipped))!.AsObject();
        change(realm);
        return Write(realm.ToJsonString());
    }

    public static string Write(string text)
    {
        var path = Path.Combine(ScratchFolder.New(), "realm.json");
        File.WriteAllText(path, text);
        return path;
    }

    public static JsonObject Client(JsonObject realm, string clientId)
        => realm["clients"]!.AsArray().Single(client => (string?)client!["clientId"] == clientId)!.AsObject();

    public static JsonObject User(JsonObject realm, string username)
        => realm["users"]!.AsArray().Single(user => (string?)user!["username"] == username)!.AsObject();
}
