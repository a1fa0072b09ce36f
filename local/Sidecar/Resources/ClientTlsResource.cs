namespace McpAspire.Sidecar.Resources;

/// <summary>The certificates of an HTTPEndpoint: its authority, and the ones this sidecar shows.</summary>
internal sealed record ClientTlsResource(MetadataValue? RootCa, MetadataValue? Certificate, MetadataValue? PrivateKey)
{
    public static ClientTlsResource Read(YamlMap tls)
    {
        tls.Only("rootCA", "certificate", "privateKey", "renegotiation");
        return new ClientTlsResource(Value(tls, "rootCA"), Value(tls, "certificate"), Value(tls, "privateKey"));
    }

    private static MetadataValue? Value(YamlMap tls, string key)
    {
        if (tls.Map(key)?.Only("value", "secretKeyRef", "envRef") is not { } map)
        {
            return null;
        }

        var secret = map.Map("secretKeyRef")?.Only("name", "key");
        return new MetadataValue(
            "clientTLS." + key,
            map.Text("value"),
            secret is null ? null : new SecretKeyRef(secret.Required("name"), secret.Text("key") is { Length: > 0 } name ? name : secret.Required("name")),
            map.Text("envRef") is { Length: > 0 } variable ? variable : null,
            map.Position);
    }
}
