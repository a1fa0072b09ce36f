using Aspire.Hosting.Dashboard.Bundle;

namespace Aspire.Hosting.Dashboard.Tests;

public sealed class NpmInstallerTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly BundleFixture _fixture = new();

    [Fact]
    public async Task Install_WithNpm_UnpacksTheDashboardAndShowsProgress()
    {
        _fixture.WriteNpm();

        var found = Assert.IsType<BundleSearch.Found>(await InstallAsync());

        Assert.Equal("program 13.5.4\n", await File.ReadAllTextAsync(found.Bundle.Executable, TestContext.Current.CancellationToken));
        Assert.Equal(["dashboard"], found.Bundle.Arguments);
        Assert.Contains("ci", await File.ReadAllTextAsync(_fixture.Runs, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(_fixture.Said, line => line.Contains(BundleFixture.Package.Name, StringComparison.Ordinal)
            && line.Contains(NpmPackage.Version, StringComparison.Ordinal)
            && line.Contains("145 MB", StringComparison.Ordinal)
            && line.Contains(_fixture.Cache.Root, StringComparison.Ordinal));
        Assert.Contains(_fixture.Said, line => line.StartsWith("installed in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Install_Done_LeavesNothingButTheDashboard()
    {
        _fixture.WriteNpm();

        await InstallAsync();

        Assert.Equal(["13.5.4"], Directory.GetDirectories(_fixture.Cache.Root).Select(Path.GetFileName));
        Assert.False(Directory.Exists(Path.Combine(_fixture.Cache.Root, "13.5.4", "dcp")));
    }

    [Fact]
    public async Task Unpacking_DoesNotUseTheHomeOfTheUser()
    {
        _fixture.WriteNpm();

        await InstallAsync();

        var home = await File.ReadAllTextAsync(_fixture.Home, TestContext.Current.CancellationToken);
        Assert.StartsWith(_fixture.Cache.Root, home, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_InstalledBefore_DoesNotRunNpmAgain()
    {
        _fixture.WriteNpm();
        await InstallAsync();
        _fixture.WriteScript("npm", "exit 1");

        Assert.IsType<BundleSearch.Found>(await InstallAsync());
    }

    [Fact]
    public async Task Install_TwoAtOnce_InstallsOnce()
    {
        _fixture.WriteNpm($"while [ ! -e '{_fixture.Release}' ]; do sleep 0.02; done");
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Say(string line)
        {
            if (line.StartsWith("waiting for another process", StringComparison.Ordinal))
            {
                waiting.TrySetResult();
            }
        }

        var first = _fixture.Npm().InstallAsync(Long, Say, TestContext.Current.CancellationToken);
        var second = _fixture.Npm().InstallAsync(Long, Say, TestContext.Current.CancellationToken);
        await waiting.Task.WaitAsync(Long, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_fixture.Release, "", TestContext.Current.CancellationToken);

        Assert.IsType<BundleSearch.Found>(await first);
        Assert.IsType<BundleSearch.Found>(await second);
        Assert.Single(await File.ReadAllLinesAsync(_fixture.Runs, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Install_AfterAnInterruptedOne_StartsAfresh()
    {
        _fixture.WriteNpm();
        var left = _fixture.Cache.CreateStaging(NpmPackage.Version);
        await File.WriteAllTextAsync(Path.Combine(left, "half"), "", TestContext.Current.CancellationToken);

        Assert.IsType<BundleSearch.Found>(await InstallAsync());
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public async Task Install_NpmFails_SaysItsSentence()
    {
        _fixture.WriteScript("npm", "echo 'npm error code ENOTFOUND' >&2; echo 'npm error network request failed, reason: no such host' >&2; exit 1");

        var missing = Assert.IsType<BundleSearch.Missing>(await InstallAsync());

        Assert.Contains("network request failed, reason: no such host", missing.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_fixture.Cache.Root));
    }

    [Fact]
    public async Task Install_CliCannotUnpack_SaysSo()
    {
        _fixture.WriteNpm();
        await File.AppendAllTextAsync(
            Path.Combine(_fixture.Bin, "npm"),
            $"printf '#!/bin/sh\\necho no space left >&2\\nexit 1\\n' > node_modules/{BundleFixture.Package.Name}/bin/aspire\n",
            TestContext.Current.CancellationToken);

        var missing = Assert.IsType<BundleSearch.Missing>(await InstallAsync());

        Assert.Contains("no space left", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_TakesTooLong_IsGivenUpAndNamesTheSetting()
    {
        _fixture.WriteNpm($"while [ ! -e '{_fixture.Release}' ]; do sleep 0.02; done");

        var missing = Assert.IsType<BundleSearch.Missing>(
            await _fixture.Npm().InstallAsync(TimeSpan.FromMilliseconds(300), _fixture.Say, TestContext.Current.CancellationToken));

        Assert.Contains("Dashboard:InstallTimeoutSeconds", missing.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_fixture.Cache.Root));
    }

    [Fact]
    public async Task Install_WithoutNpm_SaysSo()
    {
        var missing = Assert.IsType<BundleSearch.Missing>(
            await _fixture.Npm(searchPath: _fixture.Bin).InstallAsync(Long, _fixture.Say, TestContext.Current.CancellationToken));

        Assert.Equal("npm is not on PATH", missing.Reason);
    }

    public void Dispose() => _fixture.Dispose();

    private Task<BundleSearch> InstallAsync()
        => _fixture.Npm().InstallAsync(Long, _fixture.Say, TestContext.Current.CancellationToken);
}
