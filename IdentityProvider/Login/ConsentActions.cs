using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Pages;
using McpAspire.IdentityProvider.Realm;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Login;

/// <summary>Asks the person what the client may do.</summary>
internal static class ConsentActions
{
    /// <summary>GET login-actions/required-action: the question.</summary>
    public static async Task ShowAsync(HttpContext context, RealmRuntime realm)
    {
        if (await LoginActions.FindTabAsync(context, realm) is not var (_, tab))
        {
            return;
        }

        if (FindUser(realm, tab) is not { } user)
        {
            await context.Redirect(LoginUrls.Page(realm, tab));
            return;
        }

        var client = realm.Model.FindClient(tab.Request.ClientId)!;
        await ConsentPage.WriteAsync(context, realm, tab, client, SignIn.MissingConsent(realm, client, tab.Request, user));
    }

    /// <summary>POST login-actions/consent: the answer.</summary>
    public static async Task SubmitAsync(HttpContext context, RealmRuntime realm)
    {
        var form = await FormParameters.ReadAsync(context);
        if (await LoginActions.FindTabAsync(context, realm) is not var (login, tab))
        {
            return;
        }

        if (FindUser(realm, tab) is not { } user || !tab.TakeSessionCode(form["code"]))
        {
            await context.Redirect(tab.UserId is null ? LoginUrls.Page(realm, tab) : LoginUrls.ConsentPage(realm, tab));
            return;
        }

        if (form["accept"] is null)
        {
            login.Tabs.TryRemove(tab.Id, out _);
            if (tab.Request.DeviceCode is { } deviceCode)
            {
                realm.Devices.FindByDevice(deviceCode)?.Deny();
                await context.Redirect($"{realm.Urls.Device}/status?error=access_denied");
                return;
            }

            LoginCookies.ClearRestart(context, realm, always: true);
            await AuthorizationResponse.ErrorAsync(context, realm, new AuthorizationException(tab.Request, Errors.AccessDenied, null));
            return;
        }

        var client = realm.Model.FindClient(tab.Request.ClientId)!;
        realm.Consents.Grant(user.Id, client.ClientId, SignIn.Granted(client, tab.Request, user).Select(scope => scope.Name));
        await SignIn.CompleteAsync(context, realm, login, tab, user);
    }

    private static User? FindUser(RealmRuntime realm, LoginTab tab)
        => tab.UserId is { } id && realm.Model.FindUser(id) is { Enabled: true } user ? user : null;
}
