using System.Text.Json;
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
    [InlineData("[[:^alpha:]]")]
    [InlineData("[[:letter:]]")]
    [InlineData("a(?U)*")]
    [InlineData("(?x)a b")]
    [InlineData("(?n)(a)")]
    [InlineData("(?'x'a)")]
    [InlineData(@"\Gmcp")]
    [InlineData(@"mcp\Z")]
    [InlineData(@"\e")]
    [InlineData(@"\u0041")]
    [InlineData(@"[\b]")]
    [InlineData(@"\x4")]
    [InlineData(@"\x{110000}")]
    [InlineData("[a-z")]
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

    [Theory]
    [InlineData(@"^\d$", "\u0663", false)]
    [InlineData(@"^\D$", "\u0663", true)]
    [InlineData(@"^\w$", "\u00FC", false)]
    [InlineData(@"^[\w/]+$", "/\u00FC", false)]
    [InlineData(@"^[^\W]+$", "a_9", true)]
    [InlineData(@"^[\W]$", "\u00FC", true)]
    [InlineData(@"^[\W]$", "_", false)]
    [InlineData(@"^[\D]+$", "a:\u0663/", true)]
    [InlineData(@"^\s$", "\u00A0", false)]
    [InlineData(@"^\s$", "\v", false)]
    [InlineData(@"^[\S]$", "\u00A0", true)]
    [InlineData("^[a-z-[x]]$", "x]", true)]
    [InlineData("^[a-z-[x]]$", "b", false)]
    [InlineData("^[[]$", "[", true)]
    [InlineData("^[(?P<x]+$", "(?P<", true)]
    [InlineData("^(?P<x>a)(?P<y>b)$", "ab", true)]
    [InlineData("^(?P<1>a)$", "a", true)]
    [InlineData(@"^\_$", "_", true)]
    [InlineData(@"^\x2Fmcp$", "/mcp", true)]
    [InlineData(@"^\x{2F}mcp$", "/mcp", true)]
    [InlineData(@"^\Q/a.(b\E$", "/a.(b", true)]
    [InlineData(@"^\Q/a.(b$", "/a.(b$", true)]
    [InlineData(@"^\pL\p{Nd}$", "\u00FC4", true)]
    [InlineData("^(?:(?m)a$)\nb$", "a\nb", true)]
    [InlineData("^(?:(?m)a$)\nb$", "a\nb\n", false)]
    [InlineData("^(?m:a$)\nb$", "a\nb\n", false)]
    [InlineData("(?-m)^a$", "a\n", false)]
    [InlineData("(?U)^a+$", "aa", true)]
    [InlineData("(?iU:^A+$)", "aa", true)]
    [InlineData("^[[:alpha:]/]+$", "/mcp", true)]
    [InlineData("^[[:alpha:]/]+$", "/m4", false)]
    [InlineData("^[^[:punct:]]+$", "[", false)]
    public void Syntax_MeansWhatItMeansToGo(string pattern, string text, bool matches)
        => Assert.Equal(matches, Re2.Compile(pattern).IsMatch(text));

    /// <summary>Random expressions, each with texts that Go's own <c>regexp</c> (1.19) found it in and some that it did not.</summary>
    [Fact]
    public void WhatGoFound_IsFound()
    {
        var answers = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Middleware", "go-regexp.jsonl")).Select(line => JsonSerializer.Deserialize<GoAnswer>(line, JsonSerializerOptions.Web)!);
        Assert.All(answers, answer =>
        {
            if (answer.IsRefused)
            {
                Assert.Throws<FormatException>(() => Re2.Compile(answer.Pattern));
                return;
            }

            var regex = Re2.Compile(answer.Pattern);
            Assert.All(answer.Matches!, text => Assert.True(regex.IsMatch(text), $"{answer.Pattern} in {text}"));
            Assert.All(answer.Others!, text => Assert.False(regex.IsMatch(text), $"{answer.Pattern} in {text}"));
        });
    }

    private sealed record GoAnswer(string Pattern, bool IsRefused, string[]? Matches, string[]? Others);
}
