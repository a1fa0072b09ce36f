using System.Text.Json;
using McpAspire.Client.CommandLine;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.Tests.CommandLine;

public class ToolArgumentsTests
{
    private static readonly Tool Tool = new()
    {
        Name = "sample",
        InputSchema = JsonElement.Parse(
            """
            {
              "type": "object",
              "properties": {
                "count": { "type": ["integer", "null"] },
                "ratio": { "type": "number" },
                "urgent": { "type": "boolean" },
                "name": { "type": "string" },
                "tags": { "type": "array", "items": { "type": "string" } },
                "filter": { "type": "object" },
                "level": { "anyOf": [{ "enum": ["low", "high"] }, { "type": "null" }] },
                "anything": true
              }
            }
            """),
    };

    [Theory]
    [InlineData("count=7", "7")]
    [InlineData("count=null", "null")]
    [InlineData("ratio=2.5", "2.5")]
    [InlineData("urgent=True", "true")]
    [InlineData("name=7", "\"7\"")]
    [InlineData("name=null", "\"null\"")]
    [InlineData("name=", "\"\"")]
    [InlineData("name=a=b", "\"a=b\"")]
    [InlineData("tags=a", "[\"a\"]")]
    [InlineData("tags=[\"a\",\"b\"]", "[\"a\",\"b\"]")]
    [InlineData("filter={\"a\":1}", "{\"a\":1}")]
    [InlineData("level=high", "\"high\"")]
    [InlineData("anything=x", "\"x\"")]
    public void Bind_ConvertsByTheSchema(string word, string json)
    {
        var bound = ToolArguments.Bind(Tool, [word]);

        Assert.Equal(json, JsonSerializer.Serialize(bound[word.Split('=')[0]]));
    }

    [Fact]
    public void Bind_RepeatedArgument_FillsAList()
    {
        var bound = ToolArguments.Bind(Tool, ["tags=a", "tags=b"]);

        Assert.Equal("""["a","b"]""", JsonSerializer.Serialize(bound["tags"]));
    }

    [Theory]
    [InlineData("count=1.5", "'count' must be a whole number, but is '1.5'.")]
    [InlineData("count=99999999999999999999", "'count' must be a whole number, but is '99999999999999999999'.")]
    [InlineData("ratio=much", "'ratio' must be a number, but is 'much'.")]
    [InlineData("urgent=yes", "'urgent' must be true or false, but is 'yes'.")]
    [InlineData("filter=[1]", "'filter' must be a JSON object, but is '[1]'.")]
    [InlineData("filter={", "'filter' must be a JSON object, but is '{'.")]
    [InlineData("level=hihg", "'level' cannot be 'hihg'. Did you mean 'high'? Allowed: low, high.")]
    public void Bind_WrongValue_SaysWhatIsAllowed(string word, string sentence)
        => Assert.Equal(sentence, Assert.Throws<UsageException>(() => ToolArguments.Bind(Tool, [word])).Message);
}
