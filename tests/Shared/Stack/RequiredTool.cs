namespace McpAspire.Testing;

/// <summary>What a test needs beyond the .NET SDK: a failure where everything must be there, a skip with its reason elsewhere.</summary>
internal static class RequiredTool
{
    public static string Find(string name, string what)
    {
        var found = TryFind(name);
        if (found is null)
        {
            Missing($"{name} is not installed; it is needed for {what}");
        }

        return found!;
    }

    public static string? TryFind(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name))
            .FirstOrDefault(File.Exists);

    public static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("REQUIRE_TOOLS") == "1")
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }
}
