namespace McpAspire.Sidecar.Components;

/// <summary>
/// A folder out of which no name leads: dots end at its root, and what is a link, or lies behind one, is not touched. (Whoever
/// can put links into the folder while a file is opened could open it himself.)
/// </summary>
internal sealed class ConfinedFolder
{
    /// <summary>As daprd: https://github.com/dapr/components-contrib/issues/2444 is why the last one is among them.</summary>
    private static readonly string[] _forbidden = ["/proc", "/sys", "/boot", "/dev", "/var/run/secrets", "/run/secrets"];

    /// <summary>Of a name: no system has longer paths, and each part of it is looked at.</summary>
    private const int MaxName = 4096;

    private ConfinedFolder(string root) => Root = root;

    /// <summary>Without links.</summary>
    public string Root { get; }

    /// <summary>Makes the folder when there is none.</summary>
    public static ConfinedFolder Open(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        Refuse(full);
        if (File.Exists(full))
        {
            throw new IOException("it is a file, not a folder");
        }

        Directory.CreateDirectory(full);
        var real = Real(full);
        Refuse(real);
        return new ConfinedFolder(real);
    }

    /// <summary>A folder that is there, wherever it is: for what is read alone.</summary>
    public static ConfinedFolder OpenExisting(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Directory.Exists(full) ? new ConfinedFolder(Real(full)) : throw new IOException(File.Exists(full) ? "it is a file, not a folder" : "there is no such folder");
    }

    /// <summary>The file of that name. Throws an <see cref="IOException"/> for a way through a link.</summary>
    public string Resolve(string name, out string relative)
    {
        if (name.Length > MaxName)
        {
            throw new IOException($"the name is longer than {MaxName} characters");
        }

        var parts = new List<string>();
        foreach (var part in name.Split('/', Path.DirectorySeparatorChar))
        {
            switch (part)
            {
                case "" or ".":
                    break;
                case "..":
                    if (parts.Count > 0)
                    {
                        parts.RemoveAt(parts.Count - 1);
                    }

                    break;
                default:
                    parts.Add(part);
                    break;
            }
        }

        var path = Root;
        foreach (var part in parts)
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
            {
                throw new IOException("it is, or is behind, a link");
            }
        }

        relative = parts.Count == 0 ? "." : string.Join(Path.DirectorySeparatorChar, parts);
        return path;
    }

    public static IEnumerable<string> FilesBelow(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry is DirectoryInfo { LinkTarget: null } below)
            {
                foreach (var file in FilesBelow(below.FullName))
                {
                    yield return file;
                }
            }
            else
            {
                yield return entry.FullName;
            }
        }
    }

    private static void Refuse(string path)
    {
        if (_forbidden.Any(root => path == root || path.StartsWith(root + "/", StringComparison.Ordinal)))
        {
            throw new IOException("it points to a disallowed location");
        }
    }

    /// <summary>With every link on the way resolved.</summary>
    private static string Real(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        var here = Path.Combine(Real(parent), Path.GetFileName(path));
        return new DirectoryInfo(here).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here;
    }
}
