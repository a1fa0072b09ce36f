namespace Aspire.Hosting.Health;

/// <summary>How long until the next check: short while a resource starts, long once it is healthy.</summary>
internal static class HealthCheckPace
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WhileUnhealthy = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(20);

    public static TimeSpan Next(bool isHealthy, TimeSpan sinceStart)
        => isHealthy ? WhileHealthy : sinceStart < StartsWithin ? WhileStarting : WhileUnhealthy;
}
