namespace McpAspire.Sidecar.Resources;

/// <summary>The <c>baseUrl</c> of an HTTPEndpoint. It may hold a password, which no message repeats.</summary>
internal static class HttpEndpointUrl
{
    public static Uri Read(YamlMap spec)
    {
        var text = spec.Required("baseUrl");
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            ? url
            : throw new ResourceException(spec.PositionOf("baseUrl"), $"'spec.baseUrl' is '{UrlText.WithoutPasswordAnywhere(text)}'; allowed is an absolute http or https URL.") { Rule = ProblemRules.EndpointUrl };
    }
}
