namespace McpAspire.Client.Sidecar;

/// <summary>Addresses a request to the app behind the sidecar, as its own app and, for a person, in that person's session.</summary>
internal sealed class DaprRequestHandler(SidecarOptions options, string? sessionValue, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("dapr-app-id", options.AppId);
        if (options.ApiToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("dapr-api-token", token);
        }

        if (sessionValue is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", $"{SessionCookie.Name}={sessionValue}");
        }

        return base.SendAsync(request, cancellationToken);
    }
}
