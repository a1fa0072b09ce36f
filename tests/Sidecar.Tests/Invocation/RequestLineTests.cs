using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Tests.Invocation;

/// <summary>.NET's client sends remains of earlier calls in place of what is not ASCII in a request line.</summary>
public sealed class RequestLineTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?q=%2F&a+b='\"<>|", "?q=%2F&a+b='\"<>|")]
    [InlineData("?name=Zoë", "?name=Zo%C3%AB")]
    [InlineData("?a=金\u00ad&b=😀", "?a=%E9%87%91%C2%AD&b=%F0%9F%98%80")]
    [InlineData("?a=\r\nb \u007f", "?a=%0D%0Ab%20%7F")]
    public void Query_ThatIsNotAscii_IsEncoded(string query, string expected) => Assert.Equal(expected, RequestLine.Escape(query));

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("http://127.0.0.1:8080/a%20b", "http://127.0.0.1:8080/a%20b")]
    [InlineData("https://b\u00fccher.example/\u00e4/b", "https://b\u00fccher.example/%C3%A4/b")]
    public void Url_KeepsItsHost_AndHasItsPathEncoded(string url, string expected) => Assert.Equal(expected, RequestLine.Escape(new Uri(url)));
}
