using System.Security.Cryptography;
using McpAspire.IdentityProvider.Keys;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>
/// Reads the realm files and makes their keys while the rest of the application is built: the two take longer than all else that
/// happens before it listens.
/// </summary>
internal static class RealmLoading
{
    public static Task<IReadOnlyList<LoadedRealm>> StartAsync(IConfiguration configuration, ProviderOptions options)
    {
        // The slowest step, and it needs nothing from the realm file.
        var pair = options.DataPath is { } folder && KeyFile.AnyIn(folder) ? null : Task.Run(RsaKey.Generate);
        return Task.Run(() => Load(configuration, options, pair));
    }

    private static IReadOnlyList<LoadedRealm> Load(IConfiguration configuration, ProviderOptions options, Task<RSA>? pair)
    {
        var realms = RealmFile.LoadAll(options.RealmPath, name => configuration[name], options.Features);
        return [.. realms.Select((item, index) => new LoadedRealm(item.Realm, item.Report, MakeKeys(options, item.Realm.Settings.Name, index == 0 ? pair : null)))];
    }

    private static RealmKeys MakeKeys(ProviderOptions options, string realm, Task<RSA>? pair)
    {
        var now = TimeProvider.System.GetUtcNow();
        return options.DataPath is { } folder ? KeyFile.LoadOrCreate(folder, realm, now, pair) : RealmKeys.Create(realm, now, pair);
    }
}

internal sealed record LoadedRealm(RealmModel Realm, RealmReport Report, RealmKeys Keys);
