using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Login;
using McpAspire.IdentityProvider.Pages;

namespace McpAspire.IdentityProvider.Device;

/// <summary>Where a person types the code that the device shows.</summary>
internal static class DevicePages
{
    private const string Instruction = "Enter the code provided by your device and click Submit";
    private const string WrongCode = "Invalid code, please try again.";

    /// <summary>GET device, with or without the code in the address.</summary>
    public static Task ShowAsync(HttpContext context, RealmRuntime realm)
        => context.Request.Query["user_code"].ToString() is { Length: > 0 } code ? VerifyAsync(context, realm, code) : FormAsync(context, realm, null);

    /// <summary>POST device: a page's form, or, by its Accept header, a program that means the endpoint.</summary>
    public static async Task SubmitAsync(HttpContext context, RealmRuntime realm)
    {
        if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            await DeviceEndpoint.HandleAsync(context, realm);
            return;
        }

        await VerifyAsync(context, realm, (await FormParameters.ReadAsync(context))["device_user_code"] ?? "");
    }

    /// <summary>GET device/status: how it ended.</summary>
    public static Task StatusAsync(HttpContext context, RealmRuntime realm)
        => context.Request.Query["error"].ToString().Length == 0
            ? Layout.WriteAsync(context, realm, Layout.SignInTitle(realm), "Device Login Successful",
                "<p>You may close this browser window and go back to your device.</p>")
            : Layout.WriteAsync(context, realm, Layout.SignInTitle(realm), "Device Login Failed",
                $"""<p>Consent denied for connecting the device.</p><p><a href="{Layout.Encode(realm.Urls.Device)}">» Click here to proceed</a></p>""");

    private static async Task VerifyAsync(HttpContext context, RealmRuntime realm, string code)
    {
        if (realm.Devices.FindByUser(code) is not { } grant || realm.Model.FindClient(grant.ClientId) is not { Enabled: true } client)
        {
            await FormAsync(context, realm, WrongCode);
            return;
        }

        await SignIn.StartAsync(context, realm, client, new AuthorizationRequest
        {
            ClientId = grant.ClientId,
            RedirectUri = "",
            Scope = grant.Scope,
            Nonce = grant.Nonce,
            DeviceCode = grant.DeviceCode,
        });
    }

    private static Task FormAsync(HttpContext context, RealmRuntime realm, string? error)
    {
        var message = error is null ? "" : $"""<p class="alert error" role="alert">{Layout.Encode(error)}</p>""" + "\n";
        var body = $"""
            {message}<form id="kc-user-verify-device-user-code-form" method="post" action="{Layout.Encode(realm.Urls.Path)}/device">
            <label for="device_user_code">{Instruction}</label>
            <input type="text" id="device_user_code" name="device_user_code" value="" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-invalid="" required autofocus>
            <button type="submit" name="" id="kc-login">Submit</button>
            </form>
            """;
        return Layout.WriteAsync(context, realm, Layout.SignInTitle(realm), "Device Login", body, cache: Answers.NoStorePage);
    }
}
