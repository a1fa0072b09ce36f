namespace McpAspire.Sidecar.Cryptography;

/// <summary>Reads a file with keys, if none but its owner, and those that the owner has let in, could have put them there.</summary>
internal static class KeyFile
{
    /// <summary>All of it. Throws an <see cref="IOException"/> with the reason, without the path.</summary>
    public static async Task<byte[]> ReadAsync(string path, int maxLength, CancellationToken cancellationToken)
    {
        try
        {
            var info = new FileInfo(path);
            Check(info, maxLength);
            await using var file = File.OpenRead(path);
            var content = new byte[(int)info.Length];
            await file.ReadExactlyAsync(content, cancellationToken);
            return content;
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException("permission denied");
        }
    }

    /// <summary>Whether whoever has an account here could put another file, or another folder, in this one's place.</summary>
    public static bool IsOpenToAll(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        var above = Path.GetDirectoryName(Path.GetFullPath(path));
        if (IsWritable(path, beyondSticky: true) || (above is not null && IsWritable(above, beyondSticky: File.Exists(path))))
        {
            return true;
        }

        while ((above = Path.GetDirectoryName(above)) is not null)
        {
            if (IsWritable(above, beyondSticky: false))
            {
                return true;
            }
        }

        return false;

        // In a sticky folder, such as /tmp, nobody replaces what is somebody else's, but everybody can add something.
        static bool IsWritable(string path, bool beyondSticky)
            => !OperatingSystem.IsWindows() && File.GetUnixFileMode(path) is var mode && mode.HasFlag(UnixFileMode.OtherWrite) && (beyondSticky || !mode.HasFlag(UnixFileMode.StickyBit));
    }

    private static void Check(FileInfo file, int maxLength)
    {
        if (!file.Exists)
        {
            throw new IOException("no such file");
        }

        if (IsOpenToAll(file.FullName))
        {
            throw new IOException("every user may write to it, or to a folder that it is in (chmod o-w)");
        }

        // What is no file, such as a pipe, has no length and is not opened: that could take for ever.
        if (file.Length == 0)
        {
            throw new IOException("it is empty");
        }

        if (file.Length > maxLength)
        {
            throw new IOException($"it is longer than {maxLength} bytes");
        }
    }
}
