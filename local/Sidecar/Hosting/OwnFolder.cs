namespace McpAspire.Sidecar.Hosting;

/// <summary>Tells whether a folder is this user's: where others may write, anybody could have made one of its name.</summary>
internal static class OwnFolder
{
    /// <summary>A folder that is there, no link, of a mode that <paramref name="mayBe"/> accepts, and this user's. Not for Windows.</summary>
    public static bool Is(string path, Func<UnixFileMode, bool> mayBe)
    {
        if (OperatingSystem.IsWindows() || new DirectoryInfo(path) is not { Exists: true, LinkTarget: null } || File.GetUnixFileMode(path) is var mode && !mayBe(mode))
        {
            return false;
        }

        try
        {
            File.SetUnixFileMode(path, mode); // only the owner may
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
