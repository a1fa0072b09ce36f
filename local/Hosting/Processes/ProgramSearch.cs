namespace Aspire.Hosting.Processes;

/// <summary>Finds a program: by its path, or by its name in PATH.</summary>
internal static class ProgramSearch
{
    public static string Find(string command, string folder)
    {
        if (command.Contains(Path.DirectorySeparatorChar) || command.Contains(Path.AltDirectorySeparatorChar))
        {
            var path = Path.GetFullPath(command, folder);
            return Candidates(path).FirstOrDefault(File.Exists)
                ?? throw new DistributedApplicationException($"the program '{path}' does not exist");
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(place => Candidates(Path.Combine(place, command)))
            .FirstOrDefault(File.Exists)
            ?? throw new DistributedApplicationException($"the program '{command}' is not in PATH");
    }

    private static IEnumerable<string> Candidates(string path)
        => OperatingSystem.IsWindows() ? [path, $"{path}.exe", $"{path}.cmd", $"{path}.bat"] : [path];
}
