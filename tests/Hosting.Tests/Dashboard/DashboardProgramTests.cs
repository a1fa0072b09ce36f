using System.Collections.Concurrent;

namespace Aspire.Hosting.Dashboard.Tests;

public sealed class DashboardProgramTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Start_ProgramListens_IsReadyWithEveryDoorClosed()
    {
        Environment.SetEnvironmentVariable("DASHBOARD__UNSECUREDALLOWANONYMOUS", "true");
        await using var dashboard = await ScriptedDashboard.StartAsync("env > environment; LISTEN; exec sleep 60");

        var (process, _) = await dashboard.Launcher.StartAsync(TestContext.Current.CancellationToken);
        await process!.DisposeAsync();

        var environment = (await dashboard.ReadAsync("environment")).Split('\n');
        Assert.Contains("DASHBOARD__FRONTEND__AUTHMODE=BrowserToken", environment);
        Assert.Contains("DASHBOARD__OTLP__AUTHMODE=ApiKey", environment);
        Assert.Contains("DASHBOARD__API__AUTHMODE=ApiKey", environment);
        Assert.Contains("DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE=ApiKey", environment);
        Assert.Contains($"ASPIRE_CLI_PID={Environment.ProcessId}", environment);
        Assert.DoesNotContain(environment, line => line.StartsWith("DASHBOARD__UNSECURED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_SomebodyElseAnswersOnThePort_IsNotTakenForReady()
    {
        await using var dashboard = await ScriptedDashboard.StartAsync("exit 102");

        var (process, exit) = await dashboard.Launcher.StartAsync(TestContext.Current.CancellationToken);

        Assert.Null(process);
        Assert.True(exit!.PortWasTaken);
    }

    [Theory]
    [InlineData(100, "unexpectedly")]
    [InlineData(101, "configuration")]
    [InlineData(102, "port")]
    [InlineData(7, "exit code 7")]
    public void Exit_SaysWhy(int code, string word)
        => Assert.Contains(word, new DashboardExit(code).Reason, StringComparison.Ordinal);

    [Fact]
    public async Task Log_PrintedLoginUrl_LosesItsToken()
    {
        await using var dashboard = await ScriptedDashboard.StartAsync(
            "echo \"Login at /login?t=$DASHBOARD__FRONTEND__BROWSERTOKEN.\"; LISTEN; exec sleep 60");

        var (process, _) = await dashboard.Launcher.StartAsync(TestContext.Current.CancellationToken);
        await process!.DisposeAsync();

        var log = await dashboard.ReadAsync("dashboard.log");
        Assert.Contains("/login?t=….", log, StringComparison.Ordinal);
        Assert.DoesNotContain(dashboard.Options.BrowserToken, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Supervisor_ProgramFails_StartsItAgain()
    {
        await using var dashboard = await ScriptedDashboard.StartAsync("""
            echo run >> runs
            if [ -e end ]; then LISTEN; exec sleep 60; fi
            LISTEN
            while [ ! -e end ]; do sleep 0.02; done
            exit 100
            """);
        var said = new ConcurrentQueue<string>();
        using var stopping = new CancellationTokenSource();
        var (process, _) = await dashboard.Launcher.StartAsync(TestContext.Current.CancellationToken);

        var supervision = new DashboardSupervisor(dashboard.Launcher, TimeProvider.System, said.Enqueue)
            .RunAsync(process!, CancellationToken.None, stopping.Token);
        await File.WriteAllTextAsync(dashboard.InFolder("end"), "", TestContext.Current.CancellationToken);
        await UntilAsync(async () => (await dashboard.ReadAsync("runs")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 2);
        await stopping.CancelAsync();
        await supervision;

        Assert.Equal(["starting it again: it failed unexpectedly (exit code 100)"], said);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 101)]
    public async Task Supervisor_ApplicationStopsOrTheConfigurationIsRefused_DoesNotStartItAgain(bool closes, int code)
    {
        await using var dashboard = await ScriptedDashboard.StartAsync($"echo run >> runs; LISTEN; while [ ! -e end ]; do sleep 0.02; done; exit {code}");
        using var application = new RunningApplication();
        var (process, _) = await dashboard.Launcher.StartAsync(TestContext.Current.CancellationToken);
        var supervision = new DashboardSupervisor(dashboard.Launcher, TimeProvider.System, _ => { })
            .RunAsync(process!, application.ApplicationStopping, CancellationToken.None);

        if (closes)
        {
            application.StopApplication();
        }

        await File.WriteAllTextAsync(dashboard.InFolder("end"), "", TestContext.Current.CancellationToken);
        await supervision.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        Assert.Equal("run\n", await dashboard.ReadAsync("runs"));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        while (!await condition())
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
