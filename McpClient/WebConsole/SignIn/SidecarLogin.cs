using McpAspire.Client.Sidecar;
using Microsoft.AspNetCore.WebUtilities;

namespace McpAspire.Client.WebConsole.SignIn;

/// <summary>Where the browser goes, and what the sidecar will want to see again.</summary>
internal sealed record StartedLogin(Uri SignInPage, string State, string SidecarSession);

/// <summary>
/// The sidecar's authorization code flow, seen from its client: a call without a session is answered by a
/// redirect to the provider; the provider's callback is replayed to the sidecar; then the call can be made.
/// </summary>
internal sealed class SidecarLogin(McpConnector connector, ConsoleOptions options)
{
    private const int MaxQuery = 8 * 1024;

    public async Task<StartedLogin> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var server = await connector.ConnectAsync(sessionValue: null, cancellationToken);
        }
        catch (Exception exception) when (exception.Find<SignInNeededException>() is { } needed)
        {
            return Check(needed);
        }

        // Whoever answers now is not the person in front of the browser: show nothing of it.
        throw new SignInException(
            $"The sidecar at {Sidecar} lets calls through without a sign-in, with an identity that is not yours. "
            + "The console needs a sidecar whose httpPipeline has the oauth2 middleware.");
    }

    /// <summary>Replays the provider's answer to the sidecar and returns the session value to use from now on.</summary>
    public async Task<string> CompleteAsync(string sidecarSession, QueryString callback, CancellationToken cancellationToken)
    {
        if (callback.Value is not { Length: > 1 and <= MaxQuery } query)
        {
            throw new SignInException("The identity provider's answer is empty or too long.");
        }

        using var http = connector.CreateRawHttpClient(sidecarSession);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(connector.Options.McpEndpoint.AbsoluteUri + query));
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        using var response = await SendAsync(http, request, cancellationToken);

        var location = response.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;
        if ((int)response.StatusCode is 302 or 303 && IsOwnPath(location))
        {
            return SessionCookie.ReadFrom(response) ?? sidecarSession;
        }

        throw new SignInException(await RefusalAsync(response, cancellationToken));
    }

    private string Sidecar => connector.Options.Endpoint.GetLeftPart(UriPartial.Authority);

    private StartedLogin Check(SignInNeededException needed)
    {
        if (options.ProviderOrigin is not { } origin)
        {
            throw new SignInException(
                "The console does not know your identity provider, so it does not send you anywhere. "
                + "Set Keycloak:auth-server-url to the provider's address.");
        }

        if (!Uri.TryCreate(needed.Location, UriKind.Absolute, out var page)
            || (page.Scheme != Uri.UriSchemeHttp && page.Scheme != Uri.UriSchemeHttps))
        {
            throw new SignInException($"The sidecar at {Sidecar} asks for a sign-in, but does not say where.");
        }

        if (!page.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase) || page.UserInfo.Length > 0)
        {
            throw new SignInException(
                $"The sidecar wants to send you to {page.GetLeftPart(UriPartial.Scheme)}{page.Authority}, but your identity provider is {origin}. "
                + "The address in the sidecar's oauth2 component and Keycloak:auth-server-url must agree.");
        }

        if (QueryHelpers.ParseQuery(page.Query)["state"].ToString() is not { Length: > 0 } state)
        {
            throw new SignInException($"The sidecar at {Sidecar} started a sign-in without a state: its answer could not be told from a forged one.");
        }

        return needed.SessionValue is { } session
            ? new StartedLogin(page, state, session)
            : throw new SignInException($"The sidecar at {Sidecar} started a sign-in, but no session to finish it in.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException)
        {
            throw new SignInException($"The sidecar at {Sidecar} stopped answering during the sign-in. Try again in a moment.");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SignInException($"The sidecar at {Sidecar} took too long to finish the sign-in. Try again in a moment.");
        }
    }

    private async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status == 400)
        {
            var reason = await SidecarError.ReadTextAsync(response, cancellationToken);
            return reason.Contains("code not found", StringComparison.OrdinalIgnoreCase)
                ? "The identity provider's answer has no code. Sign in again."
                : "This sign-in was not started in this browser, or it was already used. Sign in again.";
        }

        return status switch
        {
            301 or 302 or 303 or 307 or 308 => "The sidecar does not know this sign-in any more; it may have been restarted. Sign in again.",
            401 => "The sidecar refused the sign-in (401). Sign in again.",
            >= 500 => $"The sidecar could not redeem the sign-in at the identity provider ({status}). Try again; if it stays so, check the client's secret in the oauth2 component.",
            _ => $"The sidecar answered the sign-in with {status}, which is not what a login ends with. Check the pathFilter of its oauth2 component.",
        };
    }

    private static bool IsOwnPath(string? location)
        => location is ['/', ..] and not ['/', '/' or '\\', ..];
}
