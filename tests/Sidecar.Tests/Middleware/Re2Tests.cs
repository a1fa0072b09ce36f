using System.Text.RegularExpressions;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Tests.Middleware;

/// <summary>Expressions mean what they mean to Go, whichever engine runs them.</summary>
public sealed class Re2Tests
{
    private static readonly string[] _paths =
    [
        "/", "/mcp", "/mcp/", "/mcp/x", "/mcpx", "/v1.0/invoke/mcp-server/method/mcp", "/v1x0/invoke/mcp-server/method/mcp",
        "/a", "/b", "/ab", "/a(b", "/ü", "/MCP", "//mcp", "/x/mcp",
    ];

    [Theory]
    [InlineData(@"^(/v1\.0/invoke/mcp-server/method)?/mcp(/|$)")]
    [InlineData(@"/mcp")]
    [InlineData(@"^/mcp$")]
    [InlineData(@"^/(?:a|b)$")]
    [InlineData(@"^/a?b?$")]
    [InlineData(@"^/a\(b")]
    [InlineData(@"(mcp|a|b|)/?$")]
    [InlineData(@"^/.cp")]
    [InlineData(@"^/ü$")]
    [InlineData(@"]|/mcp$")]
    public void PlainExpression_OnTheOrdinaryEngine_MeansTheSame(string pattern)
    {
        var ours = Re2.Compile(pattern);
        var linear = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

        Assert.False(ours.Options.HasFlag(RegexOptions.NonBacktracking));
        Assert.All(_paths, path => Assert.Equal(linear.IsMatch(path), ours.IsMatch(path)));
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("(a*)*b")]
    [InlineData("^(a?){30}b")]
    [InlineData("(a|a)(a|a)(a|a)(a|a)(a|a)b")]
    [InlineData("[a-z]$")]
    [InlineData(@"\bmcp\b")]
    [InlineData("(?i)mcp")]
    public void WhateverMayTakeLong_RunsOnTheLinearEngine(string pattern)
        => Assert.True(Re2.Compile(pattern).Options.HasFlag(RegexOptions.NonBacktracking));

    [Theory]
    [InlineData("(?=mcp)")]
    [InlineData("(?!mcp)")]
    [InlineData("(?<=a)mcp")]
    [InlineData("(?<!a)mcp")]
    [InlineData("(?>mcp)")]
    [InlineData("(?(a)b|c)")]
    [InlineData("(?#x)mcp(?=a)")]
    [InlineData(@"(a)\1")]
    [InlineData(@"(?P<x>a)\k<x>")]
    [InlineData("(mcp")]
    [InlineData("mcp)")]
    [InlineData(@"mcp\")]
    [InlineData("(?")]
    [InlineData("?")]
    [InlineData("[[:alpha:]]")]
    public void WhatGoHasNot_IsRefused(string pattern) => Assert.Throws<FormatException>(() => Re2.Compile(pattern));

    [Theory]
    [InlineData("^/mcp$", "/mcp\n", false)]
    [InlineData("^[a-z/]+$", "/mcp\n", false)]
    [InlineData("^[$]$", "$", true)]
    [InlineData("^[^]$]$", "$", false)]
    [InlineData("^[]$]$", "$", true)]
    [InlineData(@"^[\]$]$", "$", true)]
    [InlineData(@"^\$$", "$", true)]
    [InlineData(@"^\\$", @"\", true)]
    [InlineData("(?m)^/mcp$", "/mcp\nx", true)]
    [InlineData("(?im:^/MCP$)", "/mcp\nx", true)]
    [InlineData("(?i)^/MCP$", "/mcp\n", false)]
    public void Dollar_IsTheEndOfTheText_AsInGo(string pattern, string text, bool matches)
        => Assert.Equal(matches, Re2.Compile(pattern).IsMatch(text));
}
