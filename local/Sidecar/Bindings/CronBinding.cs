using System.Globalization;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Bindings;

/// <summary>
/// <c>bindings.cron</c>: triggers the app by a schedule. A trigger that is due while the app is still busy with the one before is
/// left out: triggers do not pile up.
/// </summary>
internal sealed class CronBinding(InputRoute route, CronSchedule schedule, TimeProvider time) : IInputBinding
{
    public IReadOnlyList<string> Capabilities { get; } = ["INPUT_BINDING"];

    public InputRoute Route => route;

    public static CronBinding Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown("direction", "route", "schedule"))
        {
            warnings.Add(unknown);
        }

        var text = settings.Required("schedule");
        try
        {
            return new CronBinding(InputRoute.Read(settings), CronSchedule.Parse(text), host.Time);
        }
        catch (FormatException problem)
        {
            throw settings.Wrong("schedule", $"'schedule' of the component '{settings.Component.Name}' is '{text}': {problem.Message}.");
        }
    }

    public async Task RunAsync(Func<BindingEvent, Task<BindingReply>> trigger, CancellationToken cancellationToken)
    {
        var due = schedule.Next(time.GetUtcNow());
        while (due is { } next)
        {
            var wait = next - time.GetUtcNow();
            while (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait < _longestWait ? wait : _longestWait, time, cancellationToken);
                wait = next - time.GetUtcNow();
            }

            cancellationToken.ThrowIfCancellationRequested();
            var now = time.GetUtcNow();
            await trigger(new BindingEvent([], [
                KeyValuePair.Create("timeZone", schedule.Zone.Id),
                KeyValuePair.Create("readTimeUTC", now.ToString("yyyy-MM-dd HH:mm:ss.fffffff +0000 'UTC'", CultureInfo.InvariantCulture)),
            ]));
            now = time.GetUtcNow();
            due = schedule.Next(next);
            if (due <= now)
            {
                due = schedule.Next(now);
            }
        }
    }

    public void Dispose()
    {
    }

    /// <summary>The clock may be set meanwhile.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromHours(1);
}
