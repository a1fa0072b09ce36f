using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Keys;

namespace McpAspire.IdentityProvider.Endpoints;

/// <summary>What anybody may read: discovery, keys, the realm's own card.</summary>
internal static class PublicDocuments
{
    public static Task DiscoveryAsync(HttpContext context, RealmRuntime realm)
    {
        CrossOrigin.AllowAny(context, expose: false);
        return context.Json(StatusCodes.Status200OK, DiscoveryDocument.Create(realm), "no-cache, must-revalidate, no-transform, no-store");
    }

    public static Task CertsAsync(HttpContext context, RealmRuntime realm)
    {
        CrossOrigin.AllowAny(context, expose: false);
        return context.Json(StatusCodes.Status200OK, JsonWebKeySet.Create(realm.Keys), "no-cache");
    }

    public static Task RealmAsync(HttpContext context, RealmRuntime realm)
    {
        CrossOrigin.AllowAny(context, expose: false);
        var card = new JsonObject
        {
            ["realm"] = realm.Settings.Name,
            ["public_key"] = Convert.ToBase64String(realm.Keys.Signing.PublicKey),
            ["token-service"] = realm.Urls.Protocol,
            ["account-service"] = $"{realm.Urls.Issuer}/account",
            ["tokens-not-before"] = realm.Settings.NotBefore,
        };
        return context.Json(StatusCodes.Status200OK, card, "no-cache", "application/json;charset=UTF-8");
    }
}
