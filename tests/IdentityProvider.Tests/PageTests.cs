using System.Globalization;
using System.Text.RegularExpressions;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Pages that everybody can read and fill in: contrast, labels, and a way without script.</summary>
public sealed partial class PageTests
{
    [Theory]
    [InlineData("text", "card", 4.5)]
    [InlineData("soft", "card", 4.5)]
    [InlineData("accent", "card", 4.5)]
    [InlineData("on-accent", "accent", 4.5)]
    [InlineData("bad", "card", 4.5)]
    [InlineData("bad", "bad-soft", 4.5)]
    [InlineData("text", "info-soft", 4.5)]
    [InlineData("field", "card", 3)]
    public async Task Colours_LightAndDark_HaveTheContrastOfWcag(string front, string back, double least)
    {
        await using var provider = await RunningProvider.StartAsync();
        var page = await Http.GetAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-console", Flows.ConsoleCallback, "openid"));
        var schemes = Root().Matches(page.Body).Select(root => Variable().Matches(root.Value).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value)).ToList();
        Assert.Equal(2, schemes.Count);
        Assert.All(schemes, scheme => Assert.True(Contrast(scheme[front], scheme[back]) >= least, $"{scheme[front]} on {scheme[back]}"));
    }

    [Fact]
    public async Task LoginPage_EveryVisibleField_HasALabelAndNoScript()
    {
        await using var provider = await RunningProvider.StartAsync();
        var page = await Http.GetAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-console", Flows.ConsoleCallback, "openid"));
        using var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(page.Body);
        var fields = document.QuerySelectorAll("input:not([type=hidden])");
        Assert.NotEmpty(fields);
        Assert.All(fields, field => Assert.NotNull(document.QuerySelector($"label[for={field.Id}]")));
        Assert.Equal("en", document.DocumentElement.GetAttribute("lang"));
        Assert.Empty(document.QuerySelectorAll("script, [onclick], [style]"));
        Assert.Contains("width=device-width", page.Body, StringComparison.Ordinal);
    }

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        var hex = colour.Length == 4 ? string.Concat(colour[1..].Select(digit => $"{digit}{digit}")) : colour[1..];
        double Channel(int at)
        {
            var value = int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.03928 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(0)) + (0.7152 * Channel(2)) + (0.0722 * Channel(4));
    }

    [GeneratedRegex(@":root\{[^}]*\}")]
    private static partial Regex Root();

    [GeneratedRegex(@"--([a-z-]+):(#[0-9a-f]{3,6})")]
    private static partial Regex Variable();
}
