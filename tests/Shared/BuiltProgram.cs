namespace McpAspire.Testing;

/// <summary>Where the programs of the stack were built to, beside the tests.</summary>
internal static class BuiltProgram
{
    public static string Path(string project)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        return System.IO.Path.Combine(folder.Parent!.Parent!.FullName, project, folder.Name, OperatingSystem.IsWindows() ? $"{project}.exe" : project);
    }
}
