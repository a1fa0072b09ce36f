using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Tests.Middleware;

/// <summary>A pathFilter gives one answer, however often a path is decoded behind it.</summary>
public sealed class PathFilterTests
{
    [Theory]
    [InlineData("/audit", nameof(FilterVerdict.Applies))]
    [InlineData("/audit/a%2Fb", nameof(FilterVerdict.Applies))]
    [InlineData("/audit/100%", nameof(FilterVerdict.Applies))]
    [InlineData("/mcp", nameof(FilterVerdict.Passes))]
    [InlineData("/mcp/a%252Fb", nameof(FilterVerdict.Passes))]
    [InlineData("/%61udit", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/%2561udit", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/%zz/%2e%2e/%61udit", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/x/%2e%2e/audit", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/audit/%2e%2e/mcp", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/audit/%252e%252e/mcp", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/audit/%2525252525252561", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/aud\0it", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/\u007Faudit", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/%0Daudit", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/audit/\n", nameof(FilterVerdict.Applies))]
    [InlineData("/\u00C3\u0084", nameof(FilterVerdict.Passes))]
    public void Path_EncodedOften_IsJudgedAlikeOrNotAtAll(string path, string verdict)
        => Assert.Equal(verdict, PathFilter.Parse("^/audit(/|$)").Judge(path).ToString());

    [Theory]
    [InlineData("/mcp\n", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/mcp%0A", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/mcp%250A", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/mcp\n/%2e%2e/x", nameof(FilterVerdict.Ambiguous))]
    [InlineData("/mcpx", nameof(FilterVerdict.Passes))]
    [InlineData("/mcp", nameof(FilterVerdict.Applies))]
    public void LineBreakAtTheEnd_SlipsPastNoFilter(string path, string verdict)
        => Assert.Equal(verdict, PathFilter.Parse("^/mcp$").Judge(path).ToString());

    [Fact]
    public void Everything_IsEverything_HoweverItIsEncoded()
        => Assert.Equal(FilterVerdict.Applies, PathFilter.Everything.Judge("/%2525252525252561"));
}
