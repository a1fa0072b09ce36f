using System.Security.Cryptography;
using System.Text;
using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Resources;

/// <summary>The files that resources are read from.</summary>
internal static class ResourceFiles
{
    /// <summary>In the order in which daprd reads them.</summary>
    public static IEnumerable<string> Of(string folder)
        => Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file) is ".yaml" or ".yml").Order(StringComparer.Ordinal);

    /// <summary>
    /// Names and contents of all of them as one value: the same again means that nothing has changed. Their times could not
    /// tell, since a clock's step can hold two changes, and a file may be as young as the process that reads it.
    /// </summary>
    public static string Fingerprint(SidecarOptions options)
    {
        using var contents = new MemoryStream();
        foreach (var folder in options.ResourcesPaths)
        {
            foreach (var file in Directory.Exists(folder) ? Of(folder) : [])
            {
                Add(file, contents);
            }
        }

        foreach (var file in options.ConfigPaths)
        {
            Add(file, contents);
        }

        return Convert.ToHexString(SHA256.HashData(contents.GetBuffer().AsSpan(0, (int)contents.Length)));
    }

    private static void Add(string file, MemoryStream contents)
    {
        contents.Write(Encoding.UTF8.GetBytes($"{file}\0"));
        try
        {
            contents.Write(SHA256.HashData(File.ReadAllBytes(file)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            contents.WriteByte(0); // gone, or not to be read: it is when it comes
        }
    }
}
