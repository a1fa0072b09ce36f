namespace McpAspire.AppHost;

/// <summary>The executable of the embedded sidecar: the native one when it is there and made of the sources as they are.</summary>
internal sealed record SidecarBuild(string Path, string Description)
{
    /// <param name="built">The folder of the ordinary build.</param>
    /// <param name="published">Where <c>dotnet publish local/Sidecar -p:PublishAot=true</c> puts the native one.</param>
    /// <param name="inputs">Files and folders that a build of it is made of.</param>
    public static SidecarBuild Choose(string built, string published, IEnumerable<string> inputs)
    {
        var ordinary = System.IO.Path.Combine(built, Commands.Executable("Sidecar"));
        var native = System.IO.Path.Combine(published, Commands.Executable("Sidecar"));

        // A publish without AOT lies in the same place and has its assembly beside it.
        if (!File.Exists(native) || File.Exists(System.IO.Path.Combine(published, "Sidecar.dll")))
        {
            return new SidecarBuild(ordinary, "JIT build");
        }

        var made = File.GetLastWriteTimeUtc(native);
        return inputs.SelectMany(Files).FirstOrDefault(file => File.GetLastWriteTimeUtc(file) > made) is { } newer
            ? new SidecarBuild(ordinary, $"JIT build: the native one is older than {System.IO.Path.GetFileName(newer)}, publish it again")
            : new SidecarBuild(native, "native build");
    }

    private static IEnumerable<string> Files(string input)
        => Directory.Exists(input)
            ? Directory.EnumerateFiles(input, "*", SearchOption.AllDirectories).Where(file => System.IO.Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".targets" or ".proto" or ".json")
            : File.Exists(input) ? [input] : [];
}
