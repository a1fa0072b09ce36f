using System.Diagnostics;

namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>Installs the dashboard once per user and version with the user's own npm.</summary>
internal sealed class NpmInstaller(
    NpmPackage? package, BundleCache cache, BundleUnpacker unpacker, string? searchPath, TimeProvider time)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public DashboardBundle? FindInstalled() => cache.Find(NpmPackage.Version);

    public async Task<BundleSearch> InstallAsync(TimeSpan limit, Action<string> say, CancellationToken cancellationToken)
    {
        if (package is null)
        {
            return new BundleSearch.Missing("there is no package of it for this platform");
        }

        if (ExecutableSearch.Find("npm", searchPath) is not { } npm)
        {
            return new BundleSearch.Missing("npm is not on PATH");
        }

        using var timeout = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var held = await cache.LockAsync(
                NpmPackage.Version, () => say("waiting for another process that installs it"), linked.Token);
            return FindInstalled() is { } installed
                ? new BundleSearch.Found(installed)
                : await InstallAsync(npm, package, say, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new BundleSearch.Missing(
                $"installing it took longer than {limit.TotalSeconds:0} s ({DashboardOptions.InstallTimeoutKey})");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new BundleSearch.Missing($"it cannot be installed into {cache.Root}: {exception.Message}");
        }
    }

    private async Task<BundleSearch> InstallAsync(
        string npm, NpmPackage package, Action<string> say, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        say($"installing it once with npm: {package.Name} {NpmPackage.Version}, about {NpmPackage.Size}, into {cache.Root}");
        var staging = cache.CreateStaging(NpmPackage.Version);
        try
        {
            var result = await RunNpmAsync(npm, package, staging, say, cancellationToken);
            if (!result.Succeeded)
            {
                return new BundleSearch.Missing($"'npm ci' of {package.Name} {NpmPackage.Version} failed: {result.Summary}");
            }

            say("unpacking it");
            var (bundle, failure) = await unpacker.UnpackAsync(
                package.CliPath(staging), NpmPackage.Version, staging, cancellationToken);
            if (bundle is null)
            {
                return new BundleSearch.Missing(failure!);
            }

            say($"installed in {time.GetElapsedTime(started).TotalSeconds:0} s");
            return new BundleSearch.Found(bundle);
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private async Task<ToolResult> RunNpmAsync(
        string npm, NpmPackage package, string folder, Action<string> say, CancellationToken cancellationToken)
    {
        package.WriteLockedProject(folder);

        // Few retries: without a network the stack should start now, not after npm's minutes of patience.
        var start = new ProcessStartInfo(npm) { WorkingDirectory = folder };
        foreach (var argument in (string[])
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"])
        {
            start.ArgumentList.Add(argument);
        }

        var started = time.GetTimestamp();
        await using var heartbeat = time.CreateTimer(
            _ => say($"still downloading ({time.GetElapsedTime(started).TotalSeconds:0} s)"), null, Heartbeat, Heartbeat);
        return await ToolRun.RunAsync(start, Timeout.InfiniteTimeSpan, cancellationToken);
    }
}
