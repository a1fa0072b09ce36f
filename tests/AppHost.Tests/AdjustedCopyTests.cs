namespace McpAspire.AppHost.Tests;

public sealed class AdjustedCopyTests
{
    [Theory]
    [InlineData("http://localhost:8080/realms/mcp", "http://localhost:21000/realms/mcp")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:21000")]
    [InlineData("http://localhost:80801/x", "http://localhost:80801/x")]
    [InlineData("http://localhost:6274", "http://localhost:6274")]
    [InlineData("http://example.com:8080/", "http://example.com:8080/")]
    [InlineData("http://notlocalhost:8080/", "http://notlocalhost:8080/")]
    public void Adjust_RewritesLoopbackAddressesWithAKnownPortOnly(string text, string expected)
        => Assert.Equal(expected, new AdjustedCopy(new Dictionary<int, int> { [8080] = 21000 }).Adjust(text));

    [Fact]
    public void Adjust_WithDefaultPorts_ChangesNothingInTheShippedFiles()
    {
        var repository = Path.GetFullPath(Path.Combine(global::Projects.AppHost.ProjectPath, ".."));
        var copy = new AdjustedCopy(new[] { 8080, 9000, 5200, 5100, 5101, 3500, 3501, 3502 }.ToDictionary(port => port));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(repository, "components"), "*.yaml", SearchOption.AllDirectories))
        {
            Assert.Equal(File.ReadAllText(file), copy.Adjust(File.ReadAllText(file)));
        }
    }

    [Fact]
    public void Adjust_SwappedPorts_AreNotRewrittenTwice()
    {
        var copy = new AdjustedCopy(new Dictionary<int, int> { [3500] = 3501, [3501] = 3500 });

        Assert.Equal("localhost:3501 localhost:3500", copy.Adjust("localhost:3500 localhost:3501"));
    }
}
