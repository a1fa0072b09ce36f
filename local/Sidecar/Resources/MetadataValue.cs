namespace McpAspire.Sidecar.Resources;

/// <summary>A named value: given in place, by a secret, or by an environment variable.</summary>
internal sealed record MetadataValue(string Name, string? Value, SecretKeyRef? Secret, string? EnvironmentVariable, Position Position)
{
    /// <summary>Never its value, which may be a secret in plain text.</summary>
    public override string ToString() => Name;

    public static MetadataValue Read(YamlMap map)
    {
        map.Only("name", "value", "secretKeyRef", "envRef");
        var secret = map.Map("secretKeyRef")?.Only("name", "key");
        var value = map.Text("value");
        var variable = map.Text("envRef");
        if (secret is not null && IsEmpty(secret) && (value is { Length: > 0 } || variable is { Length: > 0 }))
        {
            secret = null; // written beside each value by whoever serializes Dapr's own types
        }

        if ((value is { Length: > 0 } ? 1 : 0) + (secret is null ? 0 : 1) + (variable is { Length: > 0 } ? 1 : 0) > 1)
        {
            throw new ResourceException(map.Position, $"'{map.Required("name")}' has more than one of value, secretKeyRef and envRef.");
        }

        return new MetadataValue(
            map.Required("name"),
            value,
            secret is null ? null : new SecretKeyRef(secret.Required("name"), secret.Text("key") is { Length: > 0 } key ? key : secret.Required("name")),
            variable is { Length: > 0 } ? variable : null,
            map.Position);
    }

    private static bool IsEmpty(YamlMap secret) => string.IsNullOrEmpty(secret.Text("name")) && string.IsNullOrEmpty(secret.Text("key"));
}

/// <summary>A secret of the store that the resource's <c>auth.secretStore</c> names.</summary>
internal sealed record SecretKeyRef(string Name, string Key);
