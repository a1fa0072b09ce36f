using System.Net;
using System.Text;
using McpAspire.Sidecar.Middleware.ClientCredentials;
using McpAspire.Sidecar.Middleware.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Sidecar.Tests.Middleware;

/// <summary>The app's own token between the tries of one call.</summary>
public sealed class ServiceTokenSourceTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Provider _provider = new();
    private readonly ServiceTokenSource _tokens;

    public ServiceTokenSourceTests()
        => _tokens = new ServiceTokenSource(
            new TokenClient(new HttpMessageInvoker(_provider), new Uri("http://localhost/token"), "id", "secret", ClientAuthentication.Body, _clock),
            new Dictionary<string, string>(),
            _clock);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refusal_ReplacesAnOldToken_NotAFreshOne()
    {
        var first = await _tokens.GetAsync(Stopping);
        Assert.Same(first, await _tokens.GetOtherAsync(first, Stopping));

        _clock.Advance(TimeSpan.FromSeconds(11));
        var second = await _tokens.GetOtherAsync(first, Stopping);

        Assert.Equal(("Bearer 1", "Bearer 2"), (first.HeaderValue, second.HeaderValue));
        Assert.Same(second, await _tokens.GetOtherAsync(first, Stopping)); // another call was refused for the same old one
        Assert.Equal(2, _provider.Requests);
    }

    [Theory]
    [InlineData("Bearer 1", "Bearer 2")]
    [InlineData("Bearer endpoint's", "Bearer endpoint's")]
    [InlineData(null, null)]
    public void Token_OfACallThatIsSentAgain_IsReplaced_WhereItStands(string? sent, string? expected)
    {
        using var message = new HttpRequestMessage();
        if (sent is not null)
        {
            message.Headers.TryAddWithoutValidation("Authorization", sent);
        }

        SentToken.Replace(message, "Authorization", "Bearer 1", "Bearer 2");

        Assert.Equal(expected, message.Headers.TryGetValues("Authorization", out var values) ? values.Single() : null);
    }

    private sealed class Provider : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent($"{{\"access_token\":\"{++Requests}\",\"expires_in\":300}}", Encoding.UTF8, "application/json"),
            });
    }
}
