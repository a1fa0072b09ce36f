using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Device;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Login;
using McpAspire.IdentityProvider.Logout;
using McpAspire.IdentityProvider.Par;
using McpAspire.IdentityProvider.Registration;
using McpAspire.IdentityProvider.Token;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Keycloak's URL layout.</summary>
internal static class RealmRoutes
{
    private const string Get = "GET";
    private const string Post = "POST";

    /// <summary>Finds the realm of the address; below an unknown one there is nothing at all.</summary>
    public static WebApplication UseRealms(this WebApplication app)
    {
        var realms = app.Services.GetRequiredService<RealmRegistry>();
        app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/realms", out var rest) || rest.Value is not { Length: > 1 } path)
            {
                return next(context);
            }

            var end = path.IndexOf('/', 1);
            if (realms.Find(end < 0 ? path[1..] : path[1..end]) is not { } realm)
            {
                return context.Json(StatusCodes.Status404NotFound, Answers.Describe("Realm does not exist", null));
            }

            context.Features.Set(realm);
            return next(context);
        });
        app.UseRouting();
        return app;
    }

    public static WebApplication MapRealmEndpoints(this WebApplication app)
    {
        var realms = app.Services.GetRequiredService<RealmRegistry>();
        app.MapMethods("/.well-known/oauth-authorization-server/realms/{realm}", [Get, "HEAD"], context =>
            realms.Find((string)context.Request.RouteValues["realm"]!) is { } realm
                ? PublicDocuments.DiscoveryAsync(context, realm)
                : context.Json(StatusCodes.Status404NotFound, Answers.Describe("Realm does not exist", null)));

        Map(app, "", [Get, "HEAD"], PublicDocuments.RealmAsync);
        foreach (var document in (ReadOnlySpan<string>)["openid-configuration", "oauth-authorization-server"])
        {
            Map(app, $"/.well-known/{document}", [Get, "HEAD"], PublicDocuments.DiscoveryAsync);
            Map(app, $"/.well-known/{document}", [Post, "PUT", "DELETE", "PATCH"], NotFoundAsync);
            MapPreflight(app, $"/.well-known/{document}", "GET");
        }

        MapProtocol(app, "/protocol/openid-connect");
        MapLogin(app, "/login-actions");
        MapRegistration(app, "/clients-registrations/openid-connect");
        Map(app, "/device", [Get], DevicePages.ShowAsync);
        Map(app, "/device", [Post], DevicePages.SubmitAsync);
        Map(app, "/device/status", [Get], DevicePages.StatusAsync);
        return app;
    }

    private static void MapProtocol(WebApplication app, string protocol)
    {
        Map(app, $"{protocol}/certs", [Get, "HEAD"], PublicDocuments.CertsAsync);
        MapPreflight(app, $"{protocol}/certs", "GET, OPTIONS");
        Map(app, $"{protocol}/auth", [Get, Post], AuthorizationEndpoint.HandleAsync);
        MapAllow(app, $"{protocol}/auth", "HEAD, POST, GET, OPTIONS");
        Map(app, $"{protocol}/token", [Post], TokenEndpoint.HandleAsync);
        MapPreflight(app, $"{protocol}/token", "POST, OPTIONS");
        Map(app, $"{protocol}/token/introspect", [Post], IntrospectionEndpoint.HandleAsync);
        MapAllow(app, $"{protocol}/token/introspect", "HEAD, POST, OPTIONS");
        Map(app, $"{protocol}/tokens/introspect", [Get], NotFoundAsync);
        Map(app, $"{protocol}/revoke", [Post], RevocationEndpoint.HandleAsync);
        MapPreflight(app, $"{protocol}/revoke", "POST, OPTIONS");
        Map(app, $"{protocol}/userinfo", [Get, Post], UserInfoEndpoint.HandleAsync);
        MapPreflight(app, $"{protocol}/userinfo", "GET, HEAD, OPTIONS");
        Map(app, $"{protocol}/ext/par/request", [Post], PushedRequestEndpoint.HandleAsync);
        MapAllow(app, $"{protocol}/ext/par/request", "HEAD, POST, OPTIONS");
        Map(app, $"{protocol}/auth/device", [Post], DeviceEndpoint.HandleAsync);
        Map(app, $"{protocol}/auth/device", [Get], DevicePages.ShowAsync);
        MapPreflight(app, $"{protocol}/auth/device", "POST, OPTIONS");
        Map(app, $"{protocol}/logout", [Get, Post], LogoutEndpoint.HandleAsync);
        Map(app, $"{protocol}/logout/logout-confirm", [Post], LogoutPages.SubmitAsync);
    }

    private static void MapLogin(WebApplication app, string login)
    {
        Map(app, $"{login}/authenticate", [Get], LoginActions.ShowAsync);
        Map(app, $"{login}/authenticate", [Post], LoginActions.SubmitAsync);
        Map(app, $"{login}/restart", [Get], LoginActions.RestartAsync);
        Map(app, $"{login}/required-action", [Get], ConsentActions.ShowAsync);
        Map(app, $"{login}/consent", [Post], ConsentActions.SubmitAsync);
    }

    private static void MapRegistration(WebApplication app, string registration)
    {
        Map(app, registration, [Post], RegistrationEndpoint.CreateAsync);
        Map(app, registration, [Get], NotFoundAsync);
        Map(app, $"{registration}/{{client}}", [Get], RegistrationEndpoint.ReadAsync);
        Map(app, $"{registration}/{{client}}", ["PUT"], RegistrationEndpoint.UpdateAsync);
        Map(app, $"{registration}/{{client}}", ["DELETE"], RegistrationEndpoint.DeleteAsync);
        foreach (var path in (ReadOnlySpan<string>)[registration, $"{registration}/{{client}}"])
        {
            MapPreflight(app, path, "DELETE, POST, GET, OPTIONS, PUT");
        }
    }

    private static void Map(WebApplication app, string path, string[] methods, Func<HttpContext, RealmRuntime, Task> handle)
        => app.MapMethods($"/realms/{{realm}}{path}", methods, context => handle(context, context.Features.Get<RealmRuntime>()!));

    private static void MapPreflight(WebApplication app, string path, string methods)
        => Map(app, path, ["OPTIONS"], (context, _) => Preflight.AnswerAsync(context, methods));

    private static void MapAllow(WebApplication app, string path, string methods)
        => Map(app, path, ["OPTIONS"], (context, _) =>
        {
            context.Response.Headers.Allow = methods;
            return Task.CompletedTask;
        });

    private static Task NotFoundAsync(HttpContext context, RealmRuntime realm) => ErrorAnswers.WriteAsync(context, StatusCodes.Status404NotFound);
}
