namespace Aspire.Hosting.Tests;

public sealed class AppHostProcessTests
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OrphanDeadline = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Run_PrintsTheTable_AndAnInterruptEndsEveryChild()
    {
        var marker = Marker();
        using var host = new AppHostProcess($"--Fixture:Family={marker}", "--DcpPublisher:RandomizePorts=true");
        await host.WaitForOutputAsync("All resources are healthy after", StartDeadline);
        Assert.Contains("service   Running, Healthy  http://localhost:", host.Output, StringComparison.Ordinal);
        Assert.Equal(3, Children(marker));

        host.SendInterrupt();

        Assert.Equal(7, await host.WaitForExitAsync(StopDeadline));
        await Poll.UntilAsync(() => Children(marker) == 0, StopDeadline, "every child has ended, even one that left its group");
    }

    [Fact]
    public async Task Run_AppHostIsKilled_NoChildOutlivesIt()
    {
        var marker = Marker();
        using var host = new AppHostProcess($"--Fixture:Family={marker}", "--DcpPublisher:RandomizePorts=true");
        await host.WaitForOutputAsync("All resources are healthy after", StartDeadline);
        Assert.Equal(3, Children(marker));

        host.KillHard();

        await Poll.UntilAsync(() => Children(marker) == 0, OrphanDeadline, "every child has ended");
    }

    [Theory]
    [InlineData("--Fixture:Keycloak=yes", "The local engine cannot run the Keycloak container 'identity': build with HostingEngine=aspire")]
    [InlineData("--operation=publish", "The local engine runs applications and does not publish them")]
    [InlineData("--publisher=manifest", "The local engine runs applications and does not publish them")]
    public async Task Run_WronglyConfigured_EndsWithOneSentence(string argument, string sentence)
    {
        using var host = new AppHostProcess(argument);

        Assert.Equal(1, await host.WaitForExitAsync(StartDeadline));

        Assert.StartsWith(sentence, host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    // A number of seconds that no other process on this machine sleeps for.
    private static string Marker() => $"{Random.Shared.Next(100_000, 999_999)}";

    private static int Children(string marker)
        => Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Count(id => id > 0 && ProcessTable.IsAlive(id) && CommandLine(id) is ['s', 'l', 'e', 'e', 'p', ..] line && line.Contains(marker, StringComparison.Ordinal));

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
