using System.Net;

namespace McpAspire.Client.Sidecar;

/// <summary>
/// Turns what a sidecar answers in place of the app into a <see cref="SidecarException"/>. Answers that the
/// MCP SDK must see (400, 404, 405: it decides by them which revision the server speaks) pass untouched.
/// </summary>
internal sealed class SidecarAnswerHandler(SidecarOptions options, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new SidecarException(
                SidecarFailure.SidecarUnreachable,
                $"No sidecar answers at {Origin}.",
                exception);
        }

        if (await FindFailureAsync(request, response, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            response.Dispose();
            throw failure;
        }

        return response;
    }

    private string Origin => options.Endpoint.GetLeftPart(UriPartial.Authority);

    private async Task<SidecarException?> FindFailureAsync(
        HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK when request.Method == HttpMethod.Post && IsEmpty(response):
                return new SidecarException(
                    SidecarFailure.NoToken,
                    $"The sidecar at {Origin} gave an empty answer: it could not get a token from the identity provider. "
                    + "Check that the provider runs, and the client's id, secret and scopes in the sidecar's component.");

            case HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect:
                return new SignInNeededException(
                    $"The sidecar at {Origin} asks for a sign-in. Sign in with the console, or use a sidecar that has its own identity.",
                    response.Headers.TryGetValues("Location", out var locations) ? locations.FirstOrDefault() : null,
                    SessionCookie.ReadFrom(response));

            case HttpStatusCode.Unauthorized:
                return await RefusedAsync(response, cancellationToken).ConfigureAwait(false);

            case HttpStatusCode.Forbidden:
                return Forbidden(response);

            case HttpStatusCode.TooManyRequests:
                return new SidecarException(
                    SidecarFailure.Unexpected, $"{options.AppId} takes no more calls for the moment (429). Try again later.");

            case HttpStatusCode.NotFound:
            case >= HttpStatusCode.InternalServerError:
                return await ServerFailureAsync(response, cancellationToken).ConfigureAwait(false);

            default:
                return null;
        }
    }

    // An MCP answer has a content type; daprd's empty one has neither that nor a length.
    private static bool IsEmpty(HttpResponseMessage response)
        => response.Content.Headers.ContentLength == 0 || response.Content.Headers.ContentType is null;

    private async Task<SidecarException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var answer = await SidecarError.ReadTextAsync(response, cancellationToken).ConfigureAwait(false);
        return answer.Contains(SidecarError.WrongApiToken, StringComparison.OrdinalIgnoreCase)
            ? new SidecarException(
                SidecarFailure.WrongApiToken,
                $"The sidecar at {Origin} does not know this program: DAPR_API_TOKEN is missing or is not the sidecar's.")
            : new SidecarException(
                SidecarFailure.Refused,
                $"{options.AppId} refused the call (401): the token that the sidecar added has expired or is not for this server. "
                + "A person signs in again; for an agent check issuer, audience and scopes.");
    }

    private SidecarException Forbidden(HttpResponseMessage response)
        => BearerChallenge.From(response) is { Error: BearerChallenge.InsufficientScope } challenge
            ? new InsufficientScopeException(
                challenge.Scope is { Length: > 0 } scope
                    ? $"{options.AppId} wants more permission for this: it asks for the scopes '{scope}'."
                    : $"{options.AppId} wants more permission for this, but does not say which scope.",
                challenge.Scope)
            : new SidecarException(
                SidecarFailure.InsufficientScope,
                $"{options.AppId} does not allow this call (403) to the identity that the sidecar gave it.");

    private async Task<SidecarException?> ServerFailureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var error = await SidecarError.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        if (status == 404 && error?.Code is null)
        {
            return null;
        }

        var detail = error?.Message is { Length: > 0 } message ? $" The sidecar says: {message}" : "";
        return error?.IsTokenFailure == true
            ? new SidecarException(
                SidecarFailure.NoToken,
                $"The sidecar at {Origin} could not get a token from the identity provider ({status}).{detail}")
            : new SidecarException(
                SidecarFailure.ServerUnreachable,
                $"{options.AppId} cannot be reached through the sidecar at {Origin} ({status}). Is it running?{detail}");
    }
}
