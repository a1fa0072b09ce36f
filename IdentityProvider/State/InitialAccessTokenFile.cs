using System.Text;
using McpAspire.IdentityProvider.Hosting;

namespace McpAspire.IdentityProvider.State;

/// <summary>
/// Hands out an initial access token without an admin API: at start it is written to a file of the data folder that only its
/// owner can read. Keycloak's administrators make one in the console.
/// </summary>
internal static class InitialAccessTokenFile
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    public static string PathOf(string folder, string realm) => Path.Combine(folder, $"{Uri.EscapeDataString(realm)}.initial-access-token");

    public static void Write(ProviderOptions options, RealmRuntime realm)
    {
        if (options is not { InitialAccessTokenCount: > 0 and var count, DataPath: { } folder })
        {
            return;
        }

        var path = PathOf(folder, realm.Settings.Name);
        OwnerOnlyFile.Write(path, Encoding.ASCII.GetBytes(realm.Registrations.IssueInitial(count, Lifetime)));
        realm.Log.InitialTokenWritten(realm.Settings.Name, count, path);
    }
}
