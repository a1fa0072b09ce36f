using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Tests;

public sealed class ProcessTests
{
    [Fact]
    public async Task Output_OfAProcess_IsKeptWithItsKind()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "echo to output; echo to error >&2");
        await using var app = await builder.StartAsync();
        await app.WaitForAsync("one", KnownResourceStates.Finished);

        var lines = await app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync("one").FirstAsync(TestContext.Current.CancellationToken);

        Assert.Contains(lines, line => !line.IsErrorMessage && line.Content.EndsWith(" to output", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.IsErrorMessage && line.Content.EndsWith(" to error", StringComparison.Ordinal));
        Assert.Equal(lines.Select((_, index) => index + 1), lines.Select(line => line.LineNumber));
    }

    [Fact]
    public async Task Exit_WithAnError_KeepsTheLastErrorLines()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "echo before; echo what is wrong >&2; exit 4");
        await using var app = await builder.StartAsync();

        var ended = (await app.WaitForAsync("one", KnownResourceStates.Finished)).Snapshot;

        Assert.Equal(4, ended.ExitCode);
        Assert.Equal("  one ended with exit code 4: what is wrong", StatusLine.Of("one", null, ended, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("/nowhere/program", "the program '/nowhere/program' does not exist")]
    [InlineData("program-that-nobody-has", "the program 'program-that-nobody-has' is not in PATH")]
    public async Task Start_ProgramIsMissing_FailsAndSaysSo(string program, string reason)
    {
        await using var builder = TestApp.Create();
        builder.AddExecutable("one", program, ".");
        await using var app = await builder.StartAsync();

        var failed = (await app.WaitForAsync("one", KnownResourceStates.FailedToStart)).Snapshot;

        Assert.Equal($"  one could not be started: {reason}", StatusLine.Of("one", null, failed, TimeSpan.Zero));
    }

    [Fact]
    public async Task Snapshot_OfARunningProcess_HasItsRealProcessId()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "echo pid=$$; exec sleep 600");
        await using var app = await builder.StartAsync();

        var running = await app.WaitForAsync("one", KnownResourceStates.Running);

        Assert.EndsWith($"pid={ProcessId(running)}", await app.WaitForLogAsync("one", "pid="), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_StopStartRestart_ActOnTheProcess()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "exec sleep 600");
        await using var app = await builder.StartAsync();
        var first = ProcessId(await app.WaitForAsync("one", KnownResourceStates.Running));

        Assert.True((await ExecuteAsync(app, KnownResourceCommands.StopCommand)).Success);
        await app.WaitForAsync("one", KnownResourceStates.Exited);
        Assert.False(ProcessTable.IsAlive(first));

        Assert.True((await ExecuteAsync(app, KnownResourceCommands.StartCommand)).Success);
        var second = ProcessId(await app.WaitForAsync("one", KnownResourceStates.Running));

        Assert.True((await ExecuteAsync(app, KnownResourceCommands.RestartCommand)).Success);
        var third = ProcessId(await app.WaitForAsync("one", KnownResourceStates.Running));

        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        Assert.False(ProcessTable.IsAlive(second));
        Assert.True(ProcessTable.IsAlive(third));
    }

    [Fact]
    public async Task Commands_UnknownName_SaysSo()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "exec sleep 600");
        await using var app = await builder.StartAsync();

        Assert.Equal("Resource 'one' has no command 'dance'.", (await ExecuteAsync(app, "dance")).Message);
    }

    [Fact]
    public async Task ExplicitStart_IsStartedByItsCommandOnly()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "exec sleep 600").WithExplicitStart();
        builder.AddShell("other", "exec sleep 600");
        await using var app = await builder.StartAsync();
        await app.WaitForAsync("other", KnownResourceStates.Running);

        Assert.True(app.ResourceNotifications.TryGetCurrentState("one", out var before));
        Assert.Equal(KnownResourceStates.NotStarted, before.Snapshot.State?.Text);

        await ExecuteAsync(app, KnownResourceCommands.StartCommand);
        await app.WaitForAsync("one", KnownResourceStates.Running);
    }

    [Fact]
    public async Task Stop_ProcessIgnoresTheRequest_EndsItWithItsChildren()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "trap '' TERM; sleep 600 & echo child=$!; wait; sleep 600");
        await using var app = await builder.StartAsync();
        var process = ProcessId(await app.WaitForAsync("one", KnownResourceStates.Running));
        var child = int.Parse((await app.WaitForLogAsync("one", "child=")).Split('=')[1]);

        var started = TimeProvider.System.GetTimestamp();
        await app.StopAsync(TestContext.Current.CancellationToken);

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
        Assert.False(ProcessTable.IsAlive(process));
        await Poll.UntilAsync(() => !ProcessTable.IsAlive(child), TimeSpan.FromSeconds(5), "its child has ended too");
    }

    [Fact]
    public async Task End_OfAProcess_EndsWhatItLeftBehind()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "sleep 600 & echo child=$!");
        await using var app = await builder.StartAsync();
        var child = int.Parse((await app.WaitForLogAsync("one", "child=")).Split('=')[1]);

        await app.WaitForAsync("one", KnownResourceStates.Finished);

        await Poll.UntilAsync(() => !ProcessTable.IsAlive(child), TimeSpan.FromSeconds(5), "the child has ended");
    }

    [Fact]
    public async Task Dispose_WithoutStop_EndsTheProcess()
    {
        await using var builder = TestApp.Create();
        builder.AddShell("one", "exec sleep 600");
        int process;
        await using (var app = await builder.StartAsync())
        {
            process = ProcessId(await app.WaitForAsync("one", KnownResourceStates.Running));
        }

        Assert.False(ProcessTable.IsAlive(process));
    }

    [Fact]
    public async Task Start_WithAContainer_IsRefused()
    {
        await using var builder = TestApp.Create();
        builder.AddResource(new ContainerResource("database"));
        await using var app = await builder.BuildAsync(TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("HostingEngine=aspire", error.Message, StringComparison.Ordinal);
    }

    private static int ProcessId(ResourceEvent change)
        => (int)change.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value!;

    private static Task<ExecuteCommandResult> ExecuteAsync(DistributedApplication app, string command)
        => app.ResourceCommands.ExecuteCommandAsync("one", command, TestContext.Current.CancellationToken);
}
