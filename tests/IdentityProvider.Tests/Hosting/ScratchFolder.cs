namespace McpAspire.IdentityProvider.Tests.Hosting;

/// <summary>Folders for the files of the tests; all of them go when the test process ends.</summary>
internal static class ScratchFolder
{
    private static readonly Lazy<string> Root = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("identity-tests-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return folder.FullName;
    });

    private static int s_count;

    public static string New() => Directory.CreateDirectory(Path.Combine(Root.Value, $"{Interlocked.Increment(ref s_count)}")).FullName;
}
