namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>Unpacked dashboards of this user, one folder per version, shared by every stack on the machine.</summary>
internal sealed class BundleCache(string root)
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(100);

    public string Root { get; } = root;

    /// <summary>The user's cache folder by the platform's convention.</summary>
    public static BundleCache ForCurrentUser() => new(Path.Combine(UserCache(), "mcp-aspire", "aspire-dashboard"));

    public DashboardBundle? Find(string version)
    {
        var executable = Path.Combine(FolderOf(version), DashboardBundle.ManagedFileName);
        return File.Exists(executable) ? new DashboardBundle(executable, $"version {version}") : null;
    }

    /// <summary>Keeps other processes from installing the same version until it is disposed; waits for one that is at it.</summary>
    public async Task<IDisposable> LockAsync(string version, Action onWait, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Root);
        var waiting = false;
        while (true)
        {
            try
            {
                return new FileStream(
                    Path.Combine(Root, $"{version}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                if (!waiting)
                {
                    waiting = true;
                    onWait();
                }

                await Task.Delay(LockPoll, cancellationToken);
            }
        }
    }

    /// <summary>An empty folder on the same disk; the caller holds the lock, so what is there is left of an interrupted installation.</summary>
    public string CreateStaging(string version)
    {
        var staging = Path.Combine(Root, $"{version}.staging");
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }

        return Directory.CreateDirectory(staging).FullName;
    }

    /// <summary>Makes an unpacked folder the copy of this version, in one step: no process ever sees half of it.</summary>
    public DashboardBundle Publish(string folder, string version)
    {
        var target = FolderOf(version);
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        Directory.Move(folder, target);
        return Find(version) ?? throw new IOException($"{target} has no {DashboardBundle.ManagedFileName} in it");
    }

    // Sharing violation on Windows, EWOULDBLOCK on Linux and macOS. Anything else, such as a read-only disk, will not pass.
    private static bool IsHeld(IOException exception)
        => OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 32 or 33 : exception.HResult is 11 or 35;

    private string FolderOf(string version) => Path.Combine(Root, version);

    private static string UserCache()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } xdg && Path.IsPathRooted(xdg) ? xdg
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Path.Combine(home, ".cache");
    }
}
