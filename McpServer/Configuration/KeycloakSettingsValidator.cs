using Microsoft.Extensions.Options;

namespace McpAspire.McpServer.Configuration;

internal sealed class KeycloakSettingsValidator : IValidateOptions<KeycloakSettings>
{
    private static readonly TimeSpan LongestSkew = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, KeycloakSettings settings)
    {
        var failures = Failures(settings).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(KeycloakSettings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.Realm) || settings.Realm.Contains('/'))
        {
            yield return $"Keycloak:realm is '{settings.Realm}'; it must be the name of a realm, for example mcp.";
        }

        if (!IsHttpUrl(settings.AuthServerUrl, out var server))
        {
            yield return $"Keycloak:auth-server-url is '{settings.AuthServerUrl}'; it must be an absolute http or https URL, for example http://localhost:8080/.";
        }

        if (settings.SslRequired is not ("none" or "external" or "all"))
        {
            yield return $"Keycloak:ssl-required is '{settings.SslRequired}'; allowed are none, external and all.";
        }
        else if (server is { Scheme: "http" } && settings.RequireHttps)
        {
            yield return $"Keycloak:auth-server-url is '{settings.AuthServerUrl}' and Keycloak:ssl-required is '{settings.SslRequired}', which demands https there.";
        }

        if (!IsHttpUrl(settings.Resource, out _))
        {
            yield return $"Keycloak:resource is '{settings.Resource}'; it must be the public URL of the MCP endpoint, for example http://localhost:5200/mcp.";
        }

        if (!settings.VerifyTokenAudience)
        {
            yield return "Keycloak:verify-token-audience is 'false'; only true is allowed, or every token of the realm would open this server.";
        }

        if (settings.TokenClockSkew < TimeSpan.Zero || settings.TokenClockSkew > LongestSkew)
        {
            yield return $"Keycloak:token-clock-skew is '{settings.TokenClockSkew}'; allowed is 00:00:00 to {LongestSkew}.";
        }
    }

    private static bool IsHttpUrl(string value, out Uri? uri)
        => Uri.TryCreate(value, UriKind.Absolute, out uri) && uri.Scheme is "http" or "https";
}
