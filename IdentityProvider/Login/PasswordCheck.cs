using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Login;

/// <summary>Checks what was typed. Unknown, disabled, locked and wrong look and cost the same.</summary>
internal static class PasswordCheck
{
    public static User? Verify(RealmRuntime realm, LoginTab tab, string username, string password)
    {
        var user = tab.ReauthenticateUserId is { } known ? realm.Model.FindUser(known) : realm.Model.FindPerson(username);
        if (user is not { Enabled: true, Password: { } expected } || realm.BruteForce.IsLocked(user.Id))
        {
            realm.Model.Decoy?.Verify(password);
            return null;
        }

        if (expected.Verify(password))
        {
            realm.BruteForce.Succeeded(user.Id);
            return user;
        }

        if (realm.BruteForce.Failed(user.Id))
        {
            realm.Log.LockedOut(realm.Settings.Name, user.Username);
        }

        return null;
    }
}
