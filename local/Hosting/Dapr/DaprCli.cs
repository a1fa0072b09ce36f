namespace CommunityToolkit.Aspire.Hosting.Dapr;

/// <summary>Where the Dapr CLI is.</summary>
internal static class DaprCli
{
    public static string? Find() => Places().FirstOrDefault(File.Exists);

    private static IEnumerable<string> Places()
    {
        var name = OperatingSystem.IsWindows() ? "dapr.exe" : "dapr";
        var inPath = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name));
        if (OperatingSystem.IsWindows())
        {
            var root = Path.GetPathRoot(Environment.GetFolderPath(Environment.SpecialFolder.Windows)) ?? "C:\\";
            return inPath.Prepend(Path.Combine(root, "dapr", name));
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return [Path.Combine(home, "dapr", name), "/usr/local/bin/dapr", "/usr/bin/dapr", .. inPath];
    }
}
