namespace McpAspire.AppHost;

/// <summary>
/// Files of one run, readable by their owner only. A held lock file marks it as in use; folders that
/// a killed run left behind are removed by the next start.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private readonly FileStream _lock;

    private RunFolder(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The folder that all runs of this user share.</summary>
    public static string SharedPath => CreatePrivate(System.IO.Path.Combine(UserFolder(), "McpAspire"));

    public static RunFolder Create()
    {
        var runs = CreatePrivate(System.IO.Path.Combine(SharedPath, "runs"));
        RemoveAbandoned(runs);
        var path = CreatePrivate(System.IO.Path.Combine(runs, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..8]}"));
        return new RunFolder(path, OpenLock(path));
    }

    /// <summary>A folder of this run, made when it is missing.</summary>
    public string Folder(params ReadOnlySpan<string> names)
        => CreatePrivate(System.IO.Path.Combine([Path, .. names]));

    public static string CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    public void Dispose()
    {
        _lock.Dispose();
        TryDelete(Path);
    }

    // Not the shared folder for temporary files: whoever makes a known name there first owns what is put into it.
    private static string UserFolder()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        return folder.Length > 0
            ? folder
            : throw new DistributedApplicationException("This user has no home folder, so there is no private place for the files of a run. Set HOME to one.");
    }

    private static FileStream OpenLock(string path)
        => new(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveAbandoned(string runs)
    {
        foreach (var path in Directory.EnumerateDirectories(runs))
        {
            try
            {
                OpenLock(path).Dispose();
                TryDelete(path);
            }
            catch (IOException)
            {
                // a running stack holds it
            }
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (IOException)
        {
            // a child still writes its last line: the next start removes it
        }
    }
}
