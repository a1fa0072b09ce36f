using McpAspire.IdentityProvider.Cimd;
using McpAspire.IdentityProvider.Keys;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.State;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Builds the provider into a web application.</summary>
internal static class IdentityProviderExtensions
{
    /// <summary>Reads environment and realm files; everything that can be wrong is said here, before anything starts.</summary>
    public static WebApplicationBuilder AddIdentityProvider(this WebApplicationBuilder builder)
    {
        var options = ProviderOptions.Read(builder.Configuration);
        ProductionGuard.Check(builder.Environment, options);
        if (options.DataPath is { } folder)
        {
            OwnerOnlyFile.CreateFolder(folder);
            builder.Services.AddHostedService<StateKeeper>();
        }

        var loaded = Load(builder.Configuration, options);
        LoopbackListeners.Configure(builder.WebHost, options);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ProviderLog>();
        builder.Services.AddSingleton<DocumentFetcher>();
        builder.Services.AddSingleton(services => CreateRealms(services, options, loaded));
        builder.Services.AddHostedService<Pruner>();
        return builder;
    }

    /// <summary>Reads the realm files, and has their keys made while the rest of the application is built.</summary>
    private static IReadOnlyList<LoadedRealm> Load(IConfiguration configuration, ProviderOptions options)
        => [.. RealmFile.LoadAll(options.RealmPath, name => configuration[name], options.Features).Select(item =>
        {
            var (name, now) = (item.Realm.Settings.Name, TimeProvider.System.GetUtcNow());
            var keys = Task.Run(() => options.DataPath is { } folder ? KeyFile.LoadOrCreate(folder, name, now) : RealmKeys.Create(name, now));
            return new LoadedRealm(item.Realm, item.Report, keys);
        })];

    private static RealmRegistry CreateRealms(IServiceProvider services, ProviderOptions options, IReadOnlyList<LoadedRealm> loaded)
    {
        var log = services.GetRequiredService<ProviderLog>();
        var realms = loaded.Select(item =>
        {
            var realm = new RealmRuntime(
                item.Realm, options, item.Keys.GetAwaiter().GetResult(), services.GetRequiredService<DocumentFetcher>(), log, services.GetRequiredService<TimeProvider>());
            log.RealmServed(realm.Settings.Name, realm.Urls.Issuer, item.Report.File);
            InitialAccessTokenFile.Write(options, realm);
            if (item.Report.Unsupported.Count > 0)
            {
                log.Unsupported(item.Report.File, string.Join(", ", item.Report.Unsupported));
            }

            return realm;
        });
        return new RealmRegistry([.. realms]);
    }

    private sealed record LoadedRealm(RealmModel Realm, RealmReport Report, Task<RealmKeys> Keys);
}
