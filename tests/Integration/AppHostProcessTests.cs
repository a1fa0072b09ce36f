using McpAspire.Testing;

namespace McpAspire.Integration;

/// <summary>What a person at a terminal sees and does.</summary>
[Collection(OneStackAtATime.Name)]
public sealed class AppHostProcessTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly string[] Basics = [.. StackFixture.Arguments(StackFixture.Secret()), "--ASPNETCORE_URLS=http://localhost:0"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_PrintsATableAndTheFirstCall_CtrlCEndsEveryChild()
    {
        SkipUnlessLinux();
        await using var appHost = AppHostProcess.Start(Basics);
        await appHost.WaitForOutputAsync("mcp-agent: first authorised call", StartLimit, Cancellation);
        foreach (var resource in StackFixture.Resources)
        {
            Assert.Contains(resource, appHost.Output, StringComparison.Ordinal);
        }

        var children = ProcessTree.Descendants(appHost.Id);
        Assert.True(children.Count >= StackFixture.Resources.Length, $"{children.Count} children");

        await appHost.SignalAsync("INT");

        Assert.Empty(await ProcessTree.SurvivorsAsync(children, TimeSpan.FromSeconds(5), Cancellation));
        Assert.Equal(0, await appHost.WaitForExitAsync(TimeSpan.FromSeconds(5), Cancellation));
    }

    [Fact]
    public async Task Run_KilledHard_LeavesNoChildBehind()
    {
        SkipUnlessLinux();
        await using var appHost = AppHostProcess.Start(Basics);
        await appHost.WaitForOutputAsync("mcp-agent: first authorised call", StartLimit, Cancellation);
        var children = ProcessTree.Descendants(appHost.Id);
        Assert.True(children.Count >= StackFixture.Resources.Length, $"{children.Count} children");

        await appHost.SignalAsync("KILL");

        Assert.Empty(await ProcessTree.SurvivorsAsync(children, TimeSpan.FromSeconds(10), Cancellation));
    }

    [Theory]
    [InlineData("--McpAspire:Identity=auth0", "McpAspire:Identity is 'auth0'; allowed are 'keycloak' and 'embedded'.")]
    [InlineData("--McpAspire:Sidecar=envoy", "McpAspire:Sidecar is 'envoy'; allowed are 'dapr' and 'embedded'.")]
    public async Task Run_SettingThatIsNotAllowed_EndsWithOneSentence(string argument, string sentence)
    {
        await using var appHost = AppHostProcess.Start([.. Basics, argument]);

        Assert.Equal(1, await appHost.WaitForExitAsync(TimeSpan.FromSeconds(20), Cancellation));
        Assert.Equal(sentence, appHost.Output.Trim());
    }

    private static void SkipUnlessLinux()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("children are found through /proc");
        }
    }
}
