using System.Text.Json;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Registration;

/// <summary>Dynamic client registration (RFC 7591) and its management (RFC 7592).</summary>
internal static class RegistrationEndpoint
{
    private const string AnswerType = "application/json;charset=UTF-8";
    private const int LongestBody = 64 * 1024;

    public static Task CreateAsync(HttpContext context, RealmRuntime realm) => AnswerAsync(context, async () =>
    {
        var (json, bytes) = await ReadJsonAsync(context);
        var anonymous = Authorize(context, realm, json);
        UnknownMember.Refuse(bytes);
        var metadata = ClientMetadata.Read(json);
        if (metadata.ClientId is not null)
        {
            throw ClientMetadata.Invalid("invalid_client_metadata", "Client Identifier included");
        }

        metadata.CheckRedirectUris();
        var client = ClientRegistrar.Build(realm, RandomId.Uuid(), metadata, anonymous);
        realm.Model.AddClient(client);
        realm.Log.ClientRegistered(realm.Settings.Name, client.ClientId, anonymous);
        context.Response.Headers.Location = $"{realm.Urls.Registration}/{client.ClientId}";
        await context.Json(StatusCodes.Status201Created, RegistrationAnswer.Describe(realm, client, anonymous, isNew: true), null, AnswerType);
    });

    public static Task ReadAsync(HttpContext context, RealmRuntime realm) => AnswerAsync(context, async () =>
    {
        var (client, anonymous) = Manage(context, realm, "view");
        await context.Json(StatusCodes.Status200OK, RegistrationAnswer.Describe(realm, client, anonymous, isNew: false), null, AnswerType);
    });

    public static Task UpdateAsync(HttpContext context, RealmRuntime realm) => AnswerAsync(context, async () =>
    {
        var (json, bytes) = await ReadJsonAsync(context);
        var (client, anonymous) = Manage(context, realm, "update");
        UnknownMember.Refuse(bytes);
        var metadata = ClientMetadata.Read(json);
        if (metadata.ClientId != client.ClientId)
        {
            throw ClientMetadata.Invalid("invalid_client_metadata", "Client Identifier modified");
        }

        if (anonymous)
        {
            TrustedHosts.CheckUris(realm.Model.Registration, metadata);
        }

        metadata.CheckRedirectUris();
        var updated = ClientRegistrar.Build(realm, client.ClientId, metadata, anonymous) with { Id = client.Id, Secret = client.Secret };
        realm.Model.ReplaceClient(updated);
        await context.Json(StatusCodes.Status200OK, RegistrationAnswer.Describe(realm, updated, anonymous, isNew: false), null, AnswerType);
    });

    public static Task DeleteAsync(HttpContext context, RealmRuntime realm) => AnswerAsync(context, () =>
    {
        var (client, _) = Manage(context, realm, "delete");
        realm.Model.RemoveClient(client);
        realm.Registrations.Forget(client.ClientId);
        realm.Consents.Forget(client.ClientId);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.XFrameOptions = "SAMEORIGIN";
        return Task.CompletedTask;
    });

    private static async Task AnswerAsync(HttpContext context, Func<Task> work)
    {
        try
        {
            CrossOrigin.AllowAny(context);
            await work();
        }
        catch (OAuthException e)
        {
            await context.Json(e.Status, Answers.Describe(e));
        }
    }

    /// <summary>True for a caller without a token whom the policies let in; others need an initial access token.</summary>
    private static bool Authorize(HttpContext context, RealmRuntime realm, JsonElement json)
    {
        if (Bearer(context) is not { } token)
        {
            TrustedHosts.CheckCaller(realm.Model.Registration, context.Connection.RemoteIpAddress);
            TrustedHosts.CheckUris(realm.Model.Registration, ClientMetadata.Read(json));
            return realm.Model.Clients.Count() < realm.Model.Registration.MaxClients
                ? true
                : throw TrustedHosts.Rejected("Max Clients Limit", $"It's allowed to have max {realm.Model.Registration.MaxClients} clients per realm");
        }

        if (Jwt.Read(token) is null)
        {
            throw new OAuthException(401, Errors.InvalidToken, "Failed decode token");
        }

        if (realm.Reader.ReadSigned(token, RegistrationTokens.Initial) is { } claims)
        {
            return !realm.Reader.IsExpired(claims) && realm.Registrations.UseInitial(claims)
                ? false
                : throw new OAuthException(401, Errors.InvalidToken, "Not authorized");
        }

        throw realm.Reader.Read(token, RealmTokenTypes.Bearer).Token is not null
            ? new OAuthException(403, Errors.InsufficientScope, "Forbidden")
            : new OAuthException(401, Errors.InvalidToken, "Failed decode token");
    }

    private static (Client Client, bool Anonymous) Manage(HttpContext context, RealmRuntime realm, string what)
        => realm.Model.FindClient((string?)context.Request.RouteValues["client"]) is { } client
           && realm.Registrations.IsCurrent(client.ClientId, Bearer(context), out var anonymous)
            ? (client, anonymous)
            : throw new OAuthException(401, Errors.InvalidToken, $"Not authorized to {what} client. Not valid token or client credentials provided.");

    private static async Task<(JsonElement Json, byte[] Bytes)> ReadJsonAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new OAuthException(415, "The content-type header value did not match the value in @Consumes", null);
        }

        var bytes = await ReadBodyAsync(context);
        try
        {
            var json = JsonElement.Parse(bytes, new JsonDocumentOptions { MaxDepth = 16 });
            return json.ValueKind == JsonValueKind.Object ? (json, bytes) : throw Unreadable();
        }
        catch (JsonException)
        {
            throw Unreadable();
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > LongestBody)
            {
                throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
            }
        }

        return body.ToArray();
    }

    private static OAuthException Unreadable() => OAuthException.InvalidRequest("Cannot parse the JSON");

    private static string? Bearer(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;
    }
}
