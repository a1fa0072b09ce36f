using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Bindings;

/// <summary><c>bindings.cron</c>: who is asked, who is triggered, and when it ends.</summary>
public sealed class CronBindingTests
{
    private const int SigTerm = 15;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200)]
    [InlineData(405)]
    public async Task AppThatHasTheRoute_IsTriggered(int options)
    {
        await using var app = new FeedApp();
        app.Answer("/tick", request => Task.FromResult((request.Verb == "OPTIONS" ? options : 200, string.Empty)));
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("clock", "cron", ("schedule", "@every 100ms"), ("route", "/tick")), Stopping);

        await Eventually.TrueAsync(() => app.At("/tick").Count(request => request.Verb == "POST") >= 2, "the app is triggered again and again", Stopping);

        Assert.Equal("OPTIONS", app.At("/tick")[0].Verb);
        Assert.NotNull(app.At("/tick")[1].Headers.Value("readTimeUTC"));
        Assert.Single(app.At("/tick"), request => request.Verb == "OPTIONS");
    }

    [Fact]
    public async Task AppThatHasNoRoute_IsNotTriggered_UnlessTheDirectionSaysSo()
    {
        await using var app = new FeedApp();
        app.Answer("/asked", 404);
        app.Answer("/told", 404);
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(
            app, folder, BindingRig.Component("asked", "cron", ("schedule", "@every 50ms")) + BindingRig.Component("told", "cron", ("schedule", "@every 50ms"), ("direction", "input")), Stopping);

        await Eventually.TrueAsync(() => app.At("/told").Count >= 3, "the told one is triggered", Stopping);

        Assert.DoesNotContain("OPTIONS", app.At("/told").Select(request => request.Verb));
        Assert.Equal("OPTIONS", Assert.Single(app.At("/asked")).Verb);
        Assert.Contains("app has not subscribed to binding asked.", sidecar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Triggers_DoNotPileUp_BehindASlowApp()
    {
        await using var app = new FeedApp();
        var (inside, most) = (0, 0);
        app.Answer("/clock", async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(200, Stopping);
            Interlocked.Decrement(ref inside);
            return (200, string.Empty);
        });
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("clock", "cron", ("schedule", "@every 10ms"), ("direction", "input")), Stopping);

        await Eventually.TrueAsync(() => app.At("/clock").Count >= 3, "the app is triggered", Stopping);

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Reload_StartsAndEndsIt_AndTheEndOfTheSidecarLetsATriggerFinish()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("one", "cron", ("schedule", "@every 50ms"), ("direction", "input")), Stopping, "--dapr-graceful-shutdown-seconds", "60");
        await app.FirstAsync("/one", Stopping);

        var release = app.Hold("/two");
        folder.Write("resources/all.yaml", BindingRig.Component("two", "cron", ("schedule", "@every 50ms"), ("direction", "input")));
        await app.FirstAsync("/two", Stopping);
        var before = app.At("/one").Count;

        sidecar.Signal(SigTerm);
        release.SetResult();
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(0, sidecar.ExitCode);
        Assert.InRange(app.At("/one").Count, before, before + 1); // one may have been on its way
    }

    [Fact]
    public async Task WrongSchedule_KeepsTheSidecarFromStarting()
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/all.yaml", BindingRig.Component("clock", "cron", ("schedule", "sometimes")));
        await using var sidecar = SidecarProcess.Launch(["--app-id", "app", "--resources-path", folder.PathOf("resources")]);

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(1, sidecar.ExitCode);
        Assert.Contains("'schedule' of the component 'clock' is 'sometimes'", output, StringComparison.Ordinal);
    }
}
