namespace McpAspire.AppHost.Tests;

/// <summary>The native sidecar is used when it is there, and never when the sources went on without it.</summary>
public sealed class SidecarBuildTests : IDisposable
{
    private static readonly DateTime _noon = new(2030, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("sidecar-build-").FullName;

    [Fact]
    public void Choose_WithoutANativeBuild_TakesTheOrdinaryOne()
    {
        Write("sources/Program.cs", _noon);

        Assert.Equal((Ordinary, "JIT build"), Choose());
    }

    [Fact]
    public void Choose_WithANativeBuild_TakesIt()
    {
        Write("sources/Program.cs", _noon);
        Write("published/Sidecar", _noon);

        Assert.Equal((Native, "native build"), Choose());
    }

    [Fact]
    public void Choose_WithANewerSource_DoesNotTakeTheStaleNativeBuild()
    {
        Write("published/Sidecar", _noon);
        Write("sources/Api/Changed.cs", _noon.AddSeconds(1));

        Assert.Equal((Ordinary, "JIT build: the native one is older than Changed.cs, publish it again"), Choose());
    }

    [Fact]
    public void Choose_WithNewerPackageVersions_DoesNotTakeTheStaleNativeBuild()
    {
        Write("published/Sidecar", _noon);
        Write("Directory.Packages.props", _noon.AddSeconds(1));

        Assert.Equal(Ordinary, Choose().Path);
    }

    [Fact]
    public void Choose_WithAPublishThatIsNotNative_TakesTheOrdinaryOne()
    {
        Write("published/Sidecar", _noon);
        Write("published/Sidecar.dll", _noon);

        Assert.Equal((Ordinary, "JIT build"), Choose());
    }

    [Fact]
    public void Inputs_OfThisBuild_Exist()
        => Assert.Equal(["Directory.Build.props", "Directory.Packages.props", "Sidecar", "global.json"], BuildFacts.SidecarInputs.Where(Path.Exists).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Ordinary => Path.Combine(_folder, "built", Commands.Executable("Sidecar"));

    private string Native => Path.Combine(_folder, "published", Commands.Executable("Sidecar"));

    private (string Path, string Description) Choose()
    {
        var build = SidecarBuild.Choose(Path.Combine(_folder, "built"), Path.Combine(_folder, "published"), [Path.Combine(_folder, "sources"), Path.Combine(_folder, "Directory.Packages.props")]);
        return (build.Path, build.Description);
    }

    private void Write(string name, DateTime written)
    {
        var path = Path.Combine(_folder, name == "published/Sidecar" ? $"published/{Commands.Executable("Sidecar")}" : name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Empty);
        File.SetLastWriteTimeUtc(path, written);
    }
}
