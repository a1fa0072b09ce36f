namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>The <c>aspire</c> CLI on this machine, when its version speaks the resource service as we do.</summary>
internal sealed class InstalledCli(BundleCache cache, BundleUnpacker unpacker, string? searchPath)
{
    private static readonly Version Oldest = new(13, 5);
    private static readonly Version NextMajor = new(14, 0);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>Its dashboard, or null when there is no such CLI or it carries none (as a .NET tool it does not).</summary>
    public async Task<DashboardBundle?> LocateAsync(Action<string> say, CancellationToken cancellationToken)
    {
        if (ExecutableSearch.Find("aspire", searchPath) is not { } cli)
        {
            return null;
        }

        var scratch = Directory.CreateTempSubdirectory("aspire-cli-");
        try
        {
            var start = BundleUnpacker.IsolatedStart(cli, scratch.FullName);
            start.ArgumentList.Add("--version");
            var answer = await ToolRun.RunAsync(start, AnswerLimit, cancellationToken);
            if (!answer.Succeeded || SuitableVersion(answer.Output) is not { } version)
            {
                return null;
            }

            return cache.Find(version) ?? await UnpackAsync(cli, version, say, cancellationToken);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private async Task<DashboardBundle?> UnpackAsync(
        string cli, string version, Action<string> say, CancellationToken cancellationToken)
    {
        try
        {
            using var held = await cache.LockAsync(version, () => say($"waiting for another process that unpacks version {version}"), cancellationToken);
            if (cache.Find(version) is { } unpacked)
            {
                return unpacked;
            }

            say($"unpacking the one of the installed aspire CLI {version} into {cache.Root}");
            var staging = cache.CreateStaging(version);
            try
            {
                var (bundle, failure) = await unpacker.UnpackAsync(cli, version, staging, cancellationToken);
                if (failure is not null)
                {
                    say(failure);
                }

                return bundle;
            }
            finally
            {
                Directory.Delete(staging, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            say($"{cache.Root} cannot be used: {exception.Message}");
            return null;
        }
    }

    // "13.5.4+9c1b401…": what follows the plus is the commit.
    private static string? SuitableVersion(string output)
    {
        var text = output.Trim().Split('+')[0];
        return Version.TryParse(text.Split('-')[0], out var version) && version >= Oldest && version < NextMajor ? text : null;
    }
}
