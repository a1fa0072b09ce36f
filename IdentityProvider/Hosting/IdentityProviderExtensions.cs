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
        var loaded = RealmFile.LoadAll(options.RealmPath, name => builder.Configuration[name], options.Features);
        LoopbackListeners.Configure(builder.WebHost, options);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ProviderLog>();
        builder.Services.AddSingleton<DocumentFetcher>();
        builder.Services.AddSingleton(services => CreateRealms(services, options, loaded));
        builder.Services.AddHostedService<Pruner>();
        if (options.DataPath is { } folder)
        {
            OwnerOnlyFile.CreateFolder(folder);
            builder.Services.AddHostedService<StateKeeper>();
        }

        return builder;
    }

    private static RealmRegistry CreateRealms(
        IServiceProvider services, ProviderOptions options, IReadOnlyList<(RealmModel Realm, RealmReport Report)> loaded)
    {
        var log = services.GetRequiredService<ProviderLog>();
        var clock = services.GetRequiredService<TimeProvider>();
        var realms = loaded.Select(item =>
        {
            var (name, now) = (item.Realm.Settings.Name, clock.GetUtcNow());
            var keys = options.DataPath is { } folder ? KeyFile.LoadOrCreate(folder, name, now) : RealmKeys.Create(name, now);
            var realm = new RealmRuntime(item.Realm, options, keys, services.GetRequiredService<DocumentFetcher>(), log, clock);
            log.RealmServed(realm.Settings.Name, realm.Urls.Issuer, item.Report.File);
            if (item.Report.Unsupported.Count > 0)
            {
                log.Unsupported(item.Report.File, string.Join(", ", item.Report.Unsupported));
            }

            return realm;
        });
        return new RealmRegistry([.. realms]);
    }
}
