using System.Diagnostics;
using System.Runtime.Versioning;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Resolution;

/// <summary>What else may lie in the folder of sidecars: it is not taken for one, and nothing waits for it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RegistrationFolderTests : IDisposable
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();
    private readonly SidecarRegistration _self;

    public RegistrationFolderTests()
    {
        using var process = Process.GetCurrentProcess();
        _self = new SidecarRegistration(Guid.NewGuid(), "app", "default", "public", 1234, process.Id, process.StartTime.ToUniversalTime(), new byte[32]);
        Directory.CreateDirectory(Path, OwnerFolder);
    }

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private string Path => _folder.PathOf("sidecars");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pipe.json")]
    [InlineData("pipe.json.new")]
    public async Task Pipe_IsNotWaitedFor(string name)
    {
        using (var make = Process.Start("mkfifo", ["-m", "600", System.IO.Path.Combine(Path, name)]))
        {
            await make.WaitForExitAsync(Stopping);
        }

        var folder = new RegistrationFolder(Path);
        await Task.Run(() => folder.Draft(_self), Stopping).WaitAsync(TimeSpan.FromSeconds(20), Stopping);
        folder.Publish();

        Assert.Equal(_self.Instance, Assert.Single(folder.Find("app", "default")).Instance);
    }

    [Fact]
    public void Draft_IsNotFound_NorIsALink()
    {
        var folder = new RegistrationFolder(Path);
        folder.Draft(_self);
        var draft = Assert.Single(Directory.GetFiles(Path));
        Assert.Empty(folder.Find("app", "default"));

        var elsewhere = _folder.Write("elsewhere.json", File.ReadAllText(draft));
        File.SetUnixFileMode(elsewhere, OwnerFile);
        File.CreateSymbolicLink(draft[..^".new".Length], elsewhere);
        Assert.Empty(folder.Find("app", "default"));
        Assert.Null(folder.Find(_self.Instance));

        File.Delete(draft[..^".new".Length]);
        folder.Publish();
        Assert.Single(folder.Find("app", "default"));
        folder.Unregister();
        Assert.Empty(Directory.GetFiles(Path));
    }

    [Fact]
    public void Draft_ThatIsHalfWritten_StandsInNobodysWay()
    {
        var left = System.IO.Path.Combine(Path, "half.json.new");
        File.WriteAllText(left, "{\"Instance\":");
        File.SetUnixFileMode(left, OwnerFile);
        var folder = new RegistrationFolder(Path);

        folder.Draft(_self);
        folder.Publish();

        Assert.Single(folder.Find("app", "default"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    public void Port_ThatIsNone_IsNoRegistration(int port) => Assert.Null(SidecarRegistration.Parse((_self with { Port = port }).ToJson()));
}
