using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Preflight;

/// <summary>Resources that lie in a resources folder in such a way that neither sidecar reads them.</summary>
internal static class UnloadedFiles
{
    private const int MaxSize = 1024 * 1024;

    public static IEnumerable<Finding> Find(IReadOnlyList<string> folders)
        => folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => !IsLoaded(folder, file) && !folders.Any(other => IsLoaded(other, file)) && LooksLikeAResource(file)))
            .Select(file => new Finding(Rules.FileNotLoaded, new Position(file, 1), "This file looks like a resource, but only .yaml and .yml files directly in the folder are read."));

    private static bool IsLoaded(string folder, string file)
        => Path.GetExtension(file) is ".yaml" or ".yml" && Path.GetFullPath(Path.GetDirectoryName(file)!) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    private static bool LooksLikeAResource(string file)
    {
        try
        {
            return new FileInfo(file).Length < MaxSize && File.ReadLines(file).Any(line => line.StartsWith("apiVersion: dapr.io/", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
