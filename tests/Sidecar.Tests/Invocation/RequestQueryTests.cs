using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Tests.Invocation;

/// <summary>.NET's client sends remains of earlier calls in place of what is not ASCII in a request line.</summary>
public sealed class RequestQueryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?q=%2F&a+b='\"<>|", "?q=%2F&a+b='\"<>|")]
    [InlineData("?name=Zoë", "?name=Zo%C3%AB")]
    [InlineData("?a=金\u00ad&b=😀", "?a=%E9%87%91%C2%AD&b=%F0%9F%98%80")]
    [InlineData("?a=\r\nb \u007f", "?a=%0D%0Ab%20%7F")]
    public void Query_ThatIsNotAscii_IsEncoded(string query, string expected) => Assert.Equal(expected, RequestQuery.Escape(query));
}
