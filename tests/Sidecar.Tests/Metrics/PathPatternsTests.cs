using McpAspire.Sidecar.Metrics;

namespace McpAspire.Sidecar.Tests.Metrics;

public sealed class PathPatternsTests
{
    [Theory]
    [InlineData("/orders/7", "/orders/{id}")]
    [InlineData("/orders/1234", "/orders/1234")]
    [InlineData("/orders/7/items/8", "/orders/{id}/items/")]
    [InlineData("/orders", "/orders")]
    [InlineData("/v1.0/invoke/app/method/orders/7", "/v1.0/invoke/{app_id}/method/orders/{id}")]
    [InlineData("/other", null)]
    [InlineData("/orders/7/other", null)]
    public void Match_TakesTheMostSpecificPattern(string path, string? expected)
    {
        var patterns = new PathPatterns(["/orders/{id}", "orders/1234", "//orders", "/orders/{id}/items/"]);

        Assert.Equal(expected, patterns.Match(path));
    }

    [Theory]
    [InlineData("/files/a/b", "/files/{rest...}")]
    [InlineData("/", "/{$}")]
    public void Match_KnowsGosWildcards(string path, string expected)
        => Assert.Equal(expected, new PathPatterns(["/files/{rest...}", "/{$}"]).Match(path));
}
