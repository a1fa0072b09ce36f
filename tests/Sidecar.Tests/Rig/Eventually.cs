using System.Diagnostics;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>Waits for something that another process does.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > _patience)
            {
                throw new TimeoutException($"Not within {_patience.TotalSeconds:0} s: {what}.");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what, CancellationToken cancellationToken)
        => TrueAsync(() => Task.FromResult(condition()), what, cancellationToken);
}
