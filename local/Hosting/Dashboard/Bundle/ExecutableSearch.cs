namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>Looks a command up as a shell does.</summary>
internal static class ExecutableSearch
{
    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];

    public static string? Find(string command, string? searchPath)
        => (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .SelectMany(folder => Extensions.Select(extension => Path.Combine(folder, command + extension)))
            .FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path)
        => File.Exists(path)
           && (OperatingSystem.IsWindows()
               || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
