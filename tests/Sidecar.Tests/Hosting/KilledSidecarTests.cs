using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>A sidecar that is killed cannot end its app: what starts both has to cope with that, this suite's rig too.</summary>
public sealed partial class KilledSidecarTests
{
    [Fact]
    public async Task DisposeAsync_WhenTheAppOutlivesTheKilledSidecar_DoesNotWaitForTheApp()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The app is a Unix command.");
        var stopping = TestContext.Current.CancellationToken;
        var sidecar = SidecarProcess.LaunchExactly(["run", "--app-id", "t1", "--", "sleep", "600"], port: 0);
        await Eventually.TrueAsync(() => AppId().IsMatch(sidecar.Output), "the app runs", stopping);
        using var app = Process.GetProcessById(int.Parse(AppId().Match(sidecar.Output).Groups[1].Value, CultureInfo.InvariantCulture));

        try
        {
            await sidecar.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60), stopping);

            Assert.False(app.HasExited);
        }
        finally
        {
            app.Kill();
        }
    }

    [GeneratedRegex("appPID: (\\d+)")]
    private static partial Regex AppId();
}
