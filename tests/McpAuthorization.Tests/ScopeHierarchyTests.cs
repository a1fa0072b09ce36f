using McpAspire.McpAuthorization.Scopes;

namespace McpAspire.McpAuthorization.Tests;

public sealed class ScopeHierarchyTests
{
    private static ScopeHierarchy Tickets => new ScopeHierarchy().Add("read").Add("write", "read").Add("admin", "write");

    [Theory]
    [InlineData("admin", "admin read write")]
    [InlineData("write", "read write")]
    [InlineData("read", "read")]
    [InlineData("ADMIN", "ADMIN")]
    [InlineData("other", "other")]
    [InlineData("", "")]
    public void Expand_FollowsWhatAScopeIncludes(string granted, string held)
        => Assert.Equal(held, string.Join(' ', Tickets.Expand(granted.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal)));

    [Fact]
    public void Expand_OfScopesThatIncludeEachOther_Ends()
        => Assert.Equal(["a", "b"], new ScopeHierarchy().Add("a", "b").Add("b", "a").Expand(["b"]).Order(StringComparer.Ordinal));

    [Fact]
    public void Add_Twice_IsRefused()
        => Assert.Throws<ArgumentException>(() => Tickets.Add("read"));
}
