namespace McpAspire.Sidecar.Resources;

/// <summary>A <c>kind: HTTPEndpoint</c> document.</summary>
internal sealed record HttpEndpointResource(
    string Name,
    Uri BaseUrl,
    string? SecretStore,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<MetadataValue> Headers,
    ClientTlsResource? ClientTls,
    Position Position)
{
    public static HttpEndpointResource Read(YamlMap document)
    {
        document.Only("apiVersion", "kind", "metadata", "auth", "scopes", "spec");
        var spec = document.Map("spec")?.Only("version", "baseUrl", "headers", "clientTLS") // a version stands in most examples; Dapr has no use for it
            ?? throw new ResourceException(document.Position, "'spec' is missing.");
        return new HttpEndpointResource(
            ResourceMetadata.NameOf(document),
            HttpEndpointUrl.Read(spec),
            document.Map("auth")?.Only("secretStore").Text("secretStore"),
            document.Texts("scopes"),
            HttpEndpointHeaders.Read(spec),
            spec.Map("clientTLS") is { } tls ? ClientTlsResource.Read(tls) : null,
            document.Position);
    }

    public bool IsInScopeOf(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);
}
