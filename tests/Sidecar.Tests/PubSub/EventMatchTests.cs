using System.Text.Json;
using McpAspire.Sidecar.PubSub;

namespace McpAspire.Sidecar.Tests.PubSub;

/// <summary>The part of CEL that routing rules can use.</summary>
public sealed class EventMatchTests
{
    private static readonly JsonElement _event = JsonDocument.Parse("""{"type":"a.b","n":3,"f":1.5,"ok":true,"none":null,"list":["x","y"],"data":{"kind":"it's","deep":{"n":7}}}""").RootElement;

    [Theory]
    [InlineData("event.type == \"a.b\"", true)]
    [InlineData("event.type != 'a.b'", false)]
    [InlineData("event.n > 2 && event.n <= 3", true)]
    [InlineData("event.f < event.n", true)]
    [InlineData("event.n == 3.0", true)]
    [InlineData("event.ok", true)]
    [InlineData("!event.ok || event.n == -3", false)]
    [InlineData("event.none == null", true)]
    [InlineData("'x' in event.list", true)]
    [InlineData("event.n in [1, 2]", false)]
    [InlineData("event.list[1] == 'y' && size(event.list) == 2", true)]
    [InlineData("event.data['kind'] == 'it\\'s'", true)]
    [InlineData("event.data.deep.n == 7", true)]
    [InlineData("has(event.data.deep) && !has(event.data.other)", true)]
    [InlineData("event.type.startsWith('a.') && event.type.endsWith('b') && event.type.contains('.')", true)]
    [InlineData("event.type.matches('^a[.].$')", true)]
    [InlineData("event.type.size() == 3", true)]
    [InlineData("(event.n > 5 ? 'big' : 'small') == 'small'", true)]
    [InlineData("event.missing == 1 || event.ok", true)]
    [InlineData("event.missing == 1 && false", false)]
    public void Expression_IsEvaluated_AsInCel(string text, bool holds) => Assert.Equal(holds, EventMatch.Parse(text)!.Holds(_event));

    [Theory]
    [InlineData("event.missing == 1")]
    [InlineData("event.n > 'a'")]
    [InlineData("event.type && true")]
    [InlineData("event.n")]
    public void Expression_ThatCannotBeDecided_IsAnError(string text)
        => Assert.Throws<EventMatchException>(() => EventMatch.Parse(text)!.Holds(_event));

    [Theory]
    [InlineData("event.type ==")]
    [InlineData("event.type == 'x")]
    [InlineData("now() > 1")]
    [InlineData("event.type.replace('a', 'b') == 'b'")]
    [InlineData("event.list.map(x, x) == []")]
    [InlineData("data.n == 1")]
    [InlineData("event.type.matches(event.type)")]
    [InlineData("event.type.matches('(?=a)')")]
    public void Expression_ThatIsNotKnown_IsRefused(string text) => Assert.Throws<FormatException>(() => EventMatch.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void NoExpression_IsNone(string? text) => Assert.Null(EventMatch.Parse(text));
}
