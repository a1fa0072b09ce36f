namespace McpAspire.Sidecar.Resources;

/// <summary>The certificates of an HTTPEndpoint: its authority, and the ones this sidecar shows.</summary>
internal sealed record ClientTlsResource(MetadataValue? RootCa, MetadataValue? Certificate, MetadataValue? PrivateKey)
{
    private static readonly string[] _renegotiations = ["RenegotiateNever", "RenegotiateOnceAsClient", "RenegotiateFreelyAsClient"];

    public static ClientTlsResource Read(YamlMap tls)
    {
        tls.Only("rootCA", "certificate", "privateKey", "renegotiation");
        if (tls.Text("renegotiation") is { Length: > 0 } renegotiation && !_renegotiations.Contains(renegotiation))
        {
            throw tls.Wrong("renegotiation", string.Join(", ", _renegotiations[..^1]) + " or " + _renegotiations[^1]);
        }

        var (certificate, privateKey) = (Value(tls, "certificate"), Value(tls, "privateKey"));
        return (certificate is null) == (privateKey is null)
            ? new ClientTlsResource(Value(tls, "rootCA"), certificate, privateKey)
            : throw Alone(tls, certificate is null ? ("privateKey", "certificate") : ("certificate", "privateKey"));
    }

    private static ResourceException Alone(YamlMap tls, (string Given, string Missing) keys)
        => new(tls.PositionOf(keys.Given), $"'spec.clientTLS.{keys.Given}' stands there without 'spec.clientTLS.{keys.Missing}'; allowed are both or neither.") { Rule = ProblemRules.EndpointTls };

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
