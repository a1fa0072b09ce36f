using System.Diagnostics;
using System.Globalization;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>The span of a call that the sidecar makes to the app by itself, in the trace of what caused it.</summary>
internal readonly struct CallbackSpan : IDisposable
{
    private readonly Activity? _activity;

    private CallbackSpan(Activity? activity, TraceContext trace, string? traceParent) => (_activity, Trace, TraceParent) = (activity, trace, traceParent);

    /// <summary>What the app is to see; not set where no span is recorded.</summary>
    public TraceContext Trace { get; }

    /// <summary>What the app is to see where no span is recorded: that of the cause, as it came.</summary>
    public string? TraceParent { get; }

    public static CallbackSpan Start(SidecarTracer tracer, string name, string? parent, string? state)
    {
        (parent, state) = (HeaderValue(parent), HeaderValue(state)); // out of an event, that anybody may have written
        var activity = tracer.StartCallback(name, parent, state);
        return activity is null
            ? new CallbackSpan(null, default, parent)
            : new CallbackSpan(activity, new TraceContext(activity.TraceId, activity.SpanId, activity.Recorded, activity.TraceStateString), null);
    }

    /// <param name="status">The app's answer over HTTP.</param>
    /// <param name="tags">Names and values.</param>
    public void Complete(int status, params ReadOnlySpan<string> tags)
    {
        if (_activity is null)
        {
            return;
        }

        for (var i = 0; i + 1 < tags.Length; i += 2)
        {
            _activity.SetTag(tags[i], tags[i + 1]);
        }

        _activity.SetTag("dapr.status_code", status.ToString(CultureInfo.InvariantCulture));
        if (status >= 400)
        {
            _activity.SetStatus(ActivityStatusCode.Error, $"Code({status}): {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}");
        }
    }

    private static string? HeaderValue(string? text) => string.IsNullOrEmpty(text) || text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? null : text;

    public void Dispose() => _activity?.Dispose();
}
