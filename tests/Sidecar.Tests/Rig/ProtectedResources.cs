namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>Resource files of a sidecar that protects its app, or calls with its app's token.</summary>
internal static class ProtectedResources
{
    public static readonly Handler Bearer = new("bearer", "middleware.http.bearer");
    public static readonly Handler ClientCredentials = new("cc", "middleware.http.oauth2clientcredentials");
    public static readonly Handler Login = new("login", "middleware.http.oauth2");

    public static void WriteBearer(TemporaryFolder folder, FakeProvider provider) => Write(folder, Bearer,
        ("issuer", provider.Issuer),
        ("audience", FakeProvider.Audience));

    public static void WriteClientCredentials(TemporaryFolder folder, FakeProvider provider) => Write(folder, ClientCredentials,
        ("clientID", "mcp-agent"),
        ("clientSecret", "agent-secret"),
        ("scopes", "tickets:read"),
        ("tokenURL", $"{provider.Issuer}/token"),
        ("headerName", "authorization"));

    public static void WriteLogin(TemporaryFolder folder, FakeProvider provider, string? pathFilter, bool scopeUpgrade = false) => Write(folder, Login,
        ("clientID", "mcp-console"),
        ("clientSecret", "console-secret"),
        ("scopes", "openid,tickets:read"),
        ("authURL", $"{provider.Issuer}/auth"),
        ("tokenURL", $"{provider.Issuer}/token"),
        ("redirectURL", "http://localhost:5100/signin/callback"),
        ("authHeaderName", "authorization"),
        ("scopeUpgrade", scopeUpgrade ? "true" : "false"),
        ("pathFilter", pathFilter ?? string.Empty));

    /// <summary>A Configuration with one handler in each of the given pipelines.</summary>
    public static void WriteConfiguration(TemporaryFolder folder, params IEnumerable<(string Pipeline, Handler Handler)> pipelines)
        => folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: config\nspec:\n"
            + string.Concat(pipelines.Select(entry => $"  {entry.Pipeline}:\n    handlers:\n      - name: {entry.Handler.Name}\n        type: {entry.Handler.Type}\n")));

    private static void Write(TemporaryFolder folder, Handler handler, params IEnumerable<(string Name, string Value)> metadata)
        => folder.Write($"resources/{handler.Name}.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {handler.Name}\nspec:\n  type: {handler.Type}\n  version: v1\n  metadata:\n"
            + string.Concat(metadata.Select(entry => $"    - name: {entry.Name}\n      value: \"{entry.Value}\"\n")));

    internal sealed record Handler(string Name, string Type);
}
