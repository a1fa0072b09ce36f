using McpAspire.IdentityProvider.Keys;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Builds the provider into a web application.</summary>
internal static class IdentityProviderExtensions
{
    /// <summary>Reads environment and realm files; everything that can be wrong is said here, before anything starts.</summary>
    public static WebApplicationBuilder AddIdentityProvider(this WebApplicationBuilder builder)
    {
        var options = ProviderOptions.Read(builder.Configuration);
        ProductionGuard.Check(builder.Environment, options);
        var loaded = RealmFile.LoadAll(options.RealmPath, name => builder.Configuration[name]);
        LoopbackListeners.Configure(builder.WebHost, options);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ProviderLog>();
        builder.Services.AddSingleton(services => CreateRealms(services, options, loaded));
        builder.Services.AddHostedService<Pruner>();
        return builder;
    }

    private static RealmRegistry CreateRealms(
        IServiceProvider services, ProviderOptions options, IReadOnlyList<(RealmModel Realm, RealmReport Report)> loaded)
    {
        var log = services.GetRequiredService<ProviderLog>();
        var clock = services.GetRequiredService<TimeProvider>();
        var realms = loaded.Select(item =>
        {
            var keys = RealmKeys.Create(item.Realm.Settings.Name, clock.GetUtcNow());
            var realm = new RealmRuntime(item.Realm, options.Hostname, keys, log, clock);
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
