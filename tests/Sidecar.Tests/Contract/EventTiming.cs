using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Times as classes: what matters is whether a part came before the next one was sent, not the millisecond.</summary>
internal static class EventTiming
{
    private const double AtOnce = 200;
    private const double Later = 5_000;

    /// <summary>Recorded times of headers and events.</summary>
    public static string Of(JsonObject recorded)
    {
        var headers = (double)recorded["headers"]!;
        double[] events = [.. recorded["events"]!.AsArray().Select(time => time!.GetValueKind() == System.Text.Json.JsonValueKind.Number ? (double)time : double.NaN)];
        var first = headers < AtOnce ? "at once" : events.Length > 0 && Math.Abs(events[0] - headers) < AtOnce / 2 && headers < Later ? "with the first event" : "never";
        return $"headers {first}; events {Events(events)}";
    }

    /// <summary>Recorded times of the parts of a body.</summary>
    public static string Of(JsonArray recorded) => Events([.. recorded.Select(time => (double)time!)]);

    /// <summary>What came; <paramref name="held"/>: the app had its first event wait.</summary>
    public static string Of(EventPace came, bool held)
        => $"headers {(!held || came.InTime[0] ? "at once" : "with the first event")}; events {Parts(came, held)}";

    public static string Parts(EventPace came, bool held)
        => string.Join(", ", came.SeenAt.Select((_, at) => at == 0 ? held ? "late" : "at once" : came.InTime[at] ? "apart" : "together"));

    /// <summary>Seconds as a class: done at once, or only after a wait that somebody set.</summary>
    public static string Of(double seconds) => seconds switch { < 5 => "at once", < 60 => "after a wait", _ => "never" };

    /// <summary>What came, in the class of what was recorded where it can be: what is done at once takes its time on a busy machine.</summary>
    public static string Of(double seconds, double recorded) => recorded < 5 && seconds < 45 ? "at once" : Of(seconds);

    private static string Events(double[] events)
        => string.Join(", ", events.Select((time, at) => at == 0 ? time < AtOnce ? "at once" : time < Later ? "late" : "never" : Gap(time - events[at - 1])));

    private static string Gap(double gap) => gap switch { < AtOnce / 2 => "together", < Later => "apart", _ => "never" };
}
