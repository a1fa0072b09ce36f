using System.Net;
using System.Security.Cryptography;
using System.Text;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>Finds the calling client and checks its proof, in Keycloak's order: the body wins over the Basic header.</summary>
internal static class ClientAuthenticator
{
    public static async Task<Client> AuthenticateAsync(HttpContext context, RealmRuntime realm, FormParameters form)
    {
        var (clientId, secret) = ReadCredentials(context, form);
        var assertion = form.NotEmpty("client_assertion");
        if (clientId is null && assertion is not null && form["client_assertion_type"] == ClientAssertion.Type)
        {
            clientId = ClientAssertion.Subject(assertion);
        }

        if (realm.Model.FindClient(clientId) is not { Enabled: true } client)
        {
            throw ClientAuthenticationException.Unknown();
        }

        if (client.Public)
        {
            return client;
        }

        if (client.Authenticator == "client-jwt")
        {
            await ClientAssertion.VerifyAsync(realm, client, form["client_assertion_type"], assertion);
        }
        else if (string.IsNullOrEmpty(client.Secret) || secret is null || !SameSecret(client.Secret, secret))
        {
            throw ClientAuthenticationException.BadProof();
        }

        return client;
    }

    /// <summary>Compares in constant time; hashing first hides the length too.</summary>
    private static bool SameSecret(string expected, string given)
        => CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(expected)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));

    private static (string? ClientId, string? Secret) ReadCredentials(HttpContext context, FormParameters form)
    {
        var (clientId, secret) = ReadBasic(context.Request.Headers.Authorization.ToString());
        return (form["client_id"] ?? clientId, form["client_secret"] ?? secret);
    }

    private static (string? ClientId, string? Secret) ReadBasic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        var buffer = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), buffer, out var length))
        {
            return default;
        }

        // RFC 6749, 2.3.1: both parts are form-encoded.
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = text.IndexOf(':');
        return colon < 0 ? default : (WebUtility.UrlDecode(text[..colon]), WebUtility.UrlDecode(text[(colon + 1)..]));
    }
}
