using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Resources;

/// <summary>
/// The files that resources are read from, with what was in them at one moment. Whether they have changed since is asked
/// of their contents: their times could not tell, since a clock's step can hold two changes, and a file may be as young
/// as the process that reads it.
/// </summary>
internal sealed class ResourceFiles
{
    private readonly List<(string Folder, ResourceFile File)> _inFolders = [];
    private readonly List<ResourceFile> _configurations = [];

    private ResourceFiles()
    {
    }

    public static ResourceFiles None { get; } = new();

    public IReadOnlyList<ResourceFile> Configurations => _configurations;

    public static ResourceFiles Read(SidecarOptions options)
    {
        var files = new ResourceFiles();
        foreach (var folder in options.ResourcesPaths)
        {
            foreach (var path in Directory.Exists(folder) ? Paths(folder) : [])
            {
                files._inFolders.Add((folder, ResourceFile.Read(path)));
            }
        }

        foreach (var path in options.ConfigPaths)
        {
            files._configurations.Add(ResourceFile.Read(path));
        }

        return files;
    }

    public IEnumerable<ResourceFile> Of(string folder)
    {
        foreach (var (of, file) in _inFolders)
        {
            if (of == folder)
            {
                yield return file;
            }
        }
    }

    /// <summary>The same names with the same contents.</summary>
    public bool AreThoseOf(ResourceFiles other) => _inFolders.SequenceEqual(other._inFolders) && _configurations.SequenceEqual(other._configurations);

    /// <summary>In the order in which daprd reads them.</summary>
    private static string[] Paths(string folder)
    {
        var paths = Directory.GetFiles(folder);
        Array.Sort(paths, StringComparer.Ordinal);
        return Array.FindAll(paths, path => Path.GetExtension(path) is ".yaml" or ".yml");
    }
}
