using System.Collections.Concurrent;
using System.Diagnostics;
using McpAspire.Client.Tests.Fakes;

namespace McpAspire.Client.Tests.WebConsole;

public class TelemetryTests
{
    [Fact]
    public async Task SignIn_LeavesNoCodeStateOrSessionInSpans()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var console = await ConsoleHost.StartAsync();
        using var browser = console.OpenBrowser();
        var atProvider = await browser.StartSignInAsync();
        await browser.ComeBackAsync(atProvider, Person.Alice);

        var session = console.Sidecar.Seen.Last().Session!;
        var state = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(atProvider.Query)["state"].ToString();
        var texts = spans.SelectMany(Texts).ToArray();
        Assert.Contains(texts, text => text.Contains("/mcp", StringComparison.Ordinal));
        Assert.DoesNotContain(texts, text => text.Contains(Person.Alice.Code, StringComparison.Ordinal)
            || text.Contains(session, StringComparison.Ordinal)
            || text.Contains(state, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Texts(Activity span)
        => span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")
            .Append(span.DisplayName)
            .Append(span.StatusDescription ?? "")
            .Concat(span.Events.SelectMany(entry => entry.Tags).Select(tag => $"{tag.Key}={tag.Value}"));
}
