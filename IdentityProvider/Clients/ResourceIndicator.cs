using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>
/// RFC 8707 as Keycloak does it when the feature is on: a resource is a client's <c>resource_url</c>, letter by
/// letter, or <c>urn:client:</c> and its id. Without the feature the parameter is ignored.
/// </summary>
internal static class ResourceIndicator
{
    public const string Invalid = "The requested resource is invalid, missing, unknown, or malformed.";
    private const string ClientPrefix = "urn:client:";

    /// <summary>The parameter, where it counts.</summary>
    public static string? Read(RealmRuntime realm, FormParameters parameters)
        => realm.Features.Contains(Features.ResourceIndicators) ? parameters["resource"] : null;

    public static bool IsWellFormed(string resource)
        => Uri.TryCreate(resource, UriKind.Absolute, out var uri) && !uri.IsFile && !resource.Contains('#');

    /// <summary>The audience that a resource stands for.</summary>
    public static string Audience(RealmRuntime realm, string resource)
    {
        if (realm.Model.Clients.Any(client => client.Attribute("resource_url") == resource))
        {
            return resource;
        }

        return resource.StartsWith(ClientPrefix, StringComparison.Ordinal) && realm.Model.FindClient(resource[ClientPrefix.Length..]) is { } named
            ? named.ClientId
            : throw InvalidTarget(Invalid);
    }

    /// <summary>A later request may repeat the resource of the first one, or leave it out.</summary>
    public static void RequireSame(RealmRuntime realm, FormParameters parameters, string? first)
    {
        if (Read(realm, parameters) is { } again && again != first)
        {
            throw InvalidTarget("The requested resource is not matching the original request.");
        }
    }

    public static OAuthException InvalidTarget(string description) => new(400, Errors.InvalidTarget, description);
}
