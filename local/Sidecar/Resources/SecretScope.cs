namespace McpAspire.Sidecar.Resources;

/// <summary>Which secrets of one store the HTTP API may answer. Without an entry: none, where daprd answers all.</summary>
internal sealed record SecretScope(string StoreName, bool AllowByDefault, IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied)
{
    public static IReadOnlyDictionary<string, SecretScope> ReadAll(YamlMap spec)
    {
        var scopes = new Dictionary<string, SecretScope>(StringComparer.Ordinal);
        if (spec.Map("secrets") is not { } secrets)
        {
            return scopes;
        }

        foreach (var map in secrets.Only("scopes").Maps("scopes"))
        {
            map.Only("storeName", "defaultAccess", "allowedSecrets", "deniedSecrets");
            var allow = map.Text("defaultAccess") switch
            {
                null or "" or "allow" => true,
                "deny" => false,
                var other => throw new ResourceException(map.PositionOf("defaultAccess"), $"'defaultAccess' is '{other}'; allowed are allow and deny."),
            };
            var scope = new SecretScope(map.Required("storeName"), allow, map.Texts("allowedSecrets"), map.Texts("deniedSecrets"));
            scopes[scope.StoreName] = scope;
        }

        return scopes;
    }

    /// <summary>As Dapr decides: a list of allowed names is all there is; else denied names; else the default.</summary>
    public bool Allows(string key)
    {
        if (Allowed.Count > 0)
        {
            return Allowed.Contains(key);
        }

        return AllowByDefault && !Denied.Contains(key);
    }
}
