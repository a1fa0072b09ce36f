using Aspire.Hosting.Dashboard.Bundle;
using Aspire.Hosting.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Registers the dashboard with the engine.</summary>
internal static class DashboardServiceCollectionExtensions
{
    /// <summary>Adds <see cref="DashboardHost"/>, which the engine starts before the resources.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        var searchPath = Environment.GetEnvironmentVariable("PATH");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PortAllocator>();
        services.TryAddSingleton(BundleCache.ForCurrentUser());
        services.TryAddSingleton<BundleUnpacker>();
        services.TryAddSingleton(provider => new InstalledCli(
            provider.GetRequiredService<BundleCache>(), provider.GetRequiredService<BundleUnpacker>(), searchPath));
        services.TryAddSingleton(provider => new NpmInstaller(
            NpmPackage.ForThisMachine(),
            provider.GetRequiredService<BundleCache>(),
            provider.GetRequiredService<BundleUnpacker>(),
            searchPath,
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<BundleLocator>();
        services.TryAddSingleton<DashboardHost>();

        // The resource service's server is chatty, and what it says interests nobody who runs a stack.
        services.AddLogging(logging => logging
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Grpc", LogLevel.Warning));
        return services;
    }
}
