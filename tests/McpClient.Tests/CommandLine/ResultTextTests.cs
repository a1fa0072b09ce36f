using System.Text.Json;
using McpAspire.Client.CommandLine;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.Tests.CommandLine;

public class ResultTextTests
{
    [Fact]
    public void Of_LongTextInARow_IsShownWhole()
    {
        var text = new string('x', 200);

        Assert.Contains(text, Render($$"""{"comments":[{"author":"alice","text":"{{text}}"}]}"""));
    }

    [Fact]
    public void Of_Values_AreWrittenForPeople()
        => Assert.Equal(
            string.Join(Environment.NewLine, "open   yes", "owner  –", "since  2026-11-24 14:33 UTC", "tags   a, b"),
            Render("""{"open":true,"owner":null,"since":"2026-11-24T14:33:24.725+00:00","tags":["a","b"]}"""));

    [Fact]
    public void Of_ControlCharacters_CannotReachTheTerminal()
    {
        var result = new CallToolResult { Content = [new TextContentBlock { Text = "\u001b[2Jgone\u0007" }] };

        Assert.Equal("\uFFFD[2Jgone\uFFFD", ResultText.Of(result));
    }

    [Fact]
    public void Of_TextWithoutStructure_IsLeftAsItIs()
        => Assert.Equal("{not json", ResultText.Of(new CallToolResult { Content = [new TextContentBlock { Text = "{not json" }] }));

    [Fact]
    public void Of_NoContent_SaysSo()
        => Assert.Equal("Done; the tool returned nothing.", ResultText.Of(new CallToolResult { Content = [] }));

    private static string Render(string structured)
        => ResultText.Of(new CallToolResult { Content = [], StructuredContent = JsonElement.Parse(structured) });
}
