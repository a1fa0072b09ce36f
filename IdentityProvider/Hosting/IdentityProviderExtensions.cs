using McpAspire.IdentityProvider.Cimd;
using McpAspire.IdentityProvider.State;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Builds the provider into a web application.</summary>
internal static class IdentityProviderExtensions
{
    /// <summary>Reads the environment and has the realm files read; what is wrong with those is said when the application has been built, before it listens.</summary>
    public static WebApplicationBuilder AddIdentityProvider(this WebApplicationBuilder builder)
    {
        var options = ProviderOptions.Read(builder.Configuration);
        ProductionGuard.Check(builder.Environment, options);
        if (options.DataPath is { } folder)
        {
            OwnerOnlyFile.CreateFolder(folder);
            builder.Services.AddHostedService<StateKeeper>();
        }

        var loading = RealmLoading.StartAsync(builder.Configuration, options);
        LoopbackListeners.Configure(builder.WebHost, options);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ProviderLog>();
        builder.Services.AddSingleton<DocumentFetcher>();
        builder.Services.AddSingleton(services => CreateRealms(services, options, loading.GetAwaiter().GetResult()));
        builder.Services.AddHostedService<Pruner>();
        return builder;
    }

    private static RealmRegistry CreateRealms(IServiceProvider services, ProviderOptions options, IReadOnlyList<LoadedRealm> loaded)
    {
        var log = services.GetRequiredService<ProviderLog>();
        var realms = loaded.Select(item =>
        {
            var realm = new RealmRuntime(
                item.Realm, options, item.Keys, services.GetRequiredService<DocumentFetcher>(), log, services.GetRequiredService<TimeProvider>());
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
}
