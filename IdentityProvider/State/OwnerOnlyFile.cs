using McpAspire.IdentityProvider.Hosting;

namespace McpAspire.IdentityProvider.State;

/// <summary>Files with keys or sessions: readable by their owner alone, replaced as a whole.</summary>
internal static class OwnerOnlyFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = ~(Owner | UnixFileMode.UserExecute);

    public static void CreateFolder(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, Owner | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"IdentityProvider__DataPath is \"{folder}\", which cannot be made; name a folder that this user may write to.");
        }

        // Whoever may write here may put keys in place of ours.
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherWrite))
        {
            throw new StartupException($"IdentityProvider__DataPath is \"{folder}\", which everybody may write to; allow only its owner (chmod 700) or name another folder.");
        }
    }

    public static void RequireOwnerOnly(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new StartupException($"{path} can be read by others than its owner; allow only its owner (chmod 600) or remove it.");
        }
    }

    public static void Write(string path, byte[] content)
    {
        var temporary = $"{path}.new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owner;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
