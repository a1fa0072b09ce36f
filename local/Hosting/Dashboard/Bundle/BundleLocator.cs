namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>Finds the dashboard: the path that was set, else what an installed <c>aspire</c> CLI carries, else the npm package.</summary>
internal sealed class BundleLocator(InstalledCli installedCli, NpmInstaller npm)
{
    public async Task<BundleSearch> LocateAsync(DashboardOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        if (options.Path is { } path)
        {
            return FromPath(path);
        }

        if (await installedCli.LocateAsync(say, cancellationToken) is { } bundle)
        {
            return new BundleSearch.Found(bundle);
        }

        return npm.FindInstalled() is { } installed
            ? new BundleSearch.Found(installed)
            : options.Install
                ? await npm.InstallAsync(options.InstallTimeout, say, cancellationToken)
                : new BundleSearch.Missing($"no copy of it is on this machine and {DashboardOptions.InstallKey} is false");
    }

    // A path that was set and is wrong is said, not silently replaced by another dashboard.
    private static BundleSearch FromPath(string path)
    {
        string[] candidates =
        [
            path,
            Path.Combine(path, DashboardBundle.ManagedFileName),
            Path.Combine(path, "managed", DashboardBundle.ManagedFileName),
        ];

        return candidates.FirstOrDefault(File.Exists) is { } executable
            ? new BundleSearch.Found(new DashboardBundle(Path.GetFullPath(executable), DashboardOptions.PathKey))
            : new BundleSearch.Missing(
                $"{DashboardOptions.PathKey} (or {DashboardOptions.PathVariable}) is '{path}', which is neither the dashboard's executable nor a folder with {DashboardBundle.ManagedFileName} in it");
    }
}
