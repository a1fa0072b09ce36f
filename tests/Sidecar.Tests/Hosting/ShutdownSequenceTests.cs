using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>What the exit code is made from: those who are told of the end are told one after the other, the last to ask first.</summary>
public sealed class ShutdownSequenceTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    public void End_ThatIsOverBeforeAllHaveHeardOfIt_IsJudgedByTheTimeItTook(int seconds, int expected)
    {
        var options = new SidecarOptions { AppId = "app", GracefulShutdown = TimeSpan.FromSeconds(5), AppCommand = ["app"] };
        using var lifetime = new SidecarLifetime(_clock);
        var sequence = new ShutdownSequence(options, lifetime, null!, null!, _clock, NullLogger<ShutdownSequence>.Instance);
        int? code = null;
        using var first = lifetime.Stopping.Register(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds));
            code = sequence.ExitCode();
        });
        _clock.Advance(TimeSpan.FromHours(1)); // long after the machine's clock began

        sequence.Begin();

        Assert.Equal(expected, code);
    }
}
