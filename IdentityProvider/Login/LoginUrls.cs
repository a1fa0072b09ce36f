using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Login;

/// <summary>The addresses of the sign-in pages and forms.</summary>
internal static class LoginUrls
{
    /// <summary>Keycloak numbers the steps of a flow; these are ours.</summary>
    public static readonly string PasswordStep = StableId.For("execution", "password");

    public static readonly string ConsentStep = StableId.For("execution", "consent");

    public static string Page(RealmRuntime realm, LoginTab tab)
        => $"{realm.Urls.LoginActions}/authenticate?execution={PasswordStep}&{Tab(tab)}";

    /// <summary>The page without a step: after a pushed request or a device's code.</summary>
    public static string Entry(RealmRuntime realm, LoginTab tab) => $"{realm.Urls.LoginActions}/authenticate?{Tab(tab)}";

    public static string Form(RealmRuntime realm, LoginTab tab, string sessionCode)
        => $"{realm.Urls.LoginActions}/authenticate?session_code={sessionCode}&execution={PasswordStep}&{Tab(tab)}";

    public static string Restart(RealmRuntime realm, LoginTab tab) => $"{realm.Urls.LoginActions}/restart?{Tab(tab)}";

    public static string ConsentPage(RealmRuntime realm, LoginTab tab)
        => $"{realm.Urls.LoginActions}/required-action?execution={ConsentStep}&{Tab(tab)}";

    public static string ConsentForm(RealmRuntime realm, LoginTab tab) => $"{realm.Urls.Path}/login-actions/consent?{Tab(tab)}";

    private static string Tab(LoginTab tab)
        => $"client_id={Uri.EscapeDataString(tab.Request.ClientId)}&tab_id={tab.Id}&client_data={tab.Request.ClientData}";
}
