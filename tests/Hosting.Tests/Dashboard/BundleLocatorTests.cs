using Aspire.Hosting.Dashboard.Bundle;

namespace Aspire.Hosting.Dashboard.Tests;

public sealed class BundleLocatorTests : IDisposable
{
    private readonly BundleFixture _fixture = new();

    [Fact]
    public async Task Locate_SuitableCliInstalled_UsesItsDashboard()
    {
        _fixture.WriteCli("13.6.0");
        _fixture.WriteNpm();

        var found = Assert.IsType<BundleSearch.Found>(await LocateAsync(new DashboardOptions()));

        Assert.Equal("program 13.6.0\n", await File.ReadAllTextAsync(found.Bundle.Executable, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(_fixture.Runs));
    }

    [Theory]
    [InlineData("13.4.2")]
    [InlineData("14.0.0")]
    [InlineData("nonsense")]
    public async Task Locate_OtherCliInstalled_InstallsThePackage(string version)
    {
        _fixture.WriteCli(version);
        _fixture.WriteNpm();

        var found = Assert.IsType<BundleSearch.Found>(await LocateAsync(new DashboardOptions()));

        Assert.Equal("program 13.5.4\n", await File.ReadAllTextAsync(found.Bundle.Executable, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Locate_CliWithoutABundle_InstallsThePackage()
    {
        _fixture.WriteScript("aspire", "[ \"$1\" = --version ] && echo 13.5.4 && exit 0; exit 1");
        _fixture.WriteNpm();

        Assert.IsType<BundleSearch.Found>(await LocateAsync(new DashboardOptions()));
        Assert.True(File.Exists(_fixture.Runs));
    }

    [Fact]
    public async Task Locate_InstallingForbidden_SaysWhichSetting()
    {
        _fixture.WriteNpm();

        var missing = Assert.IsType<BundleSearch.Missing>(await LocateAsync(new DashboardOptions { Install = false }));

        Assert.Contains("Dashboard:Install is false", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locate_PathThatIsWrong_IsNotReplacedByAnotherDashboard()
    {
        _fixture.WriteNpm();

        var missing = Assert.IsType<BundleSearch.Missing>(
            await LocateAsync(new DashboardOptions { Path = Path.Combine(_fixture.Bin, "nowhere") }));

        Assert.Contains("DcpPublisher:DashboardPath", missing.Reason, StringComparison.Ordinal);
        Assert.Contains("nowhere", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locate_PathOfAFolder_FindsTheProgramInIt()
    {
        _fixture.WriteScript(DashboardBundle.ManagedFileName, "");

        var found = Assert.IsType<BundleSearch.Found>(await LocateAsync(new DashboardOptions { Path = _fixture.Bin }));

        Assert.Equal(Path.Combine(_fixture.Bin, DashboardBundle.ManagedFileName), found.Bundle.Executable);
    }

    public void Dispose() => _fixture.Dispose();

    private Task<BundleSearch> LocateAsync(DashboardOptions options)
        => _fixture.Locator().LocateAsync(options, _fixture.Say, TestContext.Current.CancellationToken);
}
