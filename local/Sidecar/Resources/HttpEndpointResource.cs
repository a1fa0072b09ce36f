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
        var text = spec.Required("baseUrl");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var baseUrl) || baseUrl.Scheme is not ("http" or "https") || baseUrl.Host.Length == 0)
        {
            throw new ResourceException(spec.PositionOf("baseUrl"), $"'spec.baseUrl' is '{text}'; allowed is an absolute http or https URL.") { Rule = ProblemRules.EndpointUrl };
        }

        return new HttpEndpointResource(
            ResourceMetadata.NameOf(document),
            baseUrl,
            document.Map("auth")?.Only("secretStore").Text("secretStore"),
            document.Texts("scopes"),
            [.. spec.Maps("headers").Select(MetadataValue.Read)],
            spec.Map("clientTLS") is { } tls ? ClientTlsResource.Read(tls) : null,
            document.Position);
    }

    public bool IsInScopeOf(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);
}
