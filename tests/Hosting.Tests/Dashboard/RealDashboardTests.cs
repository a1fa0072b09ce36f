using System.Net;
using System.Text;

namespace Aspire.Hosting.Dashboard.Tests;

public sealed class RealDashboardTests(RealDashboardFixture dashboard) : IClassFixture<RealDashboardFixture>
{
    [Fact]
    public async Task Health_WithoutAKey_Answers()
    {
        using var response = await SendAsync(HttpMethod.Get, new Uri(dashboard.Connection.FrontendUrl, "/health"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Pages_WithoutTheToken_LeadToTheLogin()
    {
        using var response = await SendAsync(HttpMethod.Get, new Uri(dashboard.Connection.FrontendUrl, "/structuredlogs"));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Contains("/login", response.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_WithTheToken_IsAccepted()
    {
        using var response = await SendAsync(HttpMethod.Get, dashboard.Connection.LoginUrl);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Contains("Dashboard", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Telemetry_SentOrReadWithoutTheKey_IsRefused(string? key)
    {
        var connection = dashboard.Connection;
        using var sent = await SendAsync(HttpMethod.Post, new Uri(connection.OtlpHttpUrl, "/v1/traces"), "x-otlp-api-key", key, "{}");
        using var read = await SendAsync(HttpMethod.Get, new Uri(connection.FrontendUrl, "/api/telemetry/traces"), "x-api-key", key);

        Assert.Equal(HttpStatusCode.Unauthorized, sent.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, read.StatusCode);
    }

    [Fact]
    public async Task Telemetry_SentWithTheKey_CanBeReadBack()
    {
        var connection = dashboard.Connection;
        var trace = Guid.NewGuid().ToString("N");
        var start = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
        var body = $$$"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
            "scopeSpans":[{"scope":{"name":"tests"},"spans":[{"traceId":"{{{trace}}}","spanId":"0123456789abcdef","name":"buy a book","kind":1,
            "startTimeUnixNano":"{{{start}}}","endTimeUnixNano":"{{{start + 1000}}}"}]}]}]}
            """;

        using var sent = await SendAsync(HttpMethod.Post, new Uri(connection.OtlpHttpUrl, "/v1/traces"), "x-otlp-api-key", connection.OtlpApiKey, body);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);

        using var read = await SendAsync(
            HttpMethod.Get, new Uri(connection.FrontendUrl, $"/api/telemetry/traces/{trace}"), "x-api-key", connection.TelemetryApiKey);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Contains("buy a book", await read.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // To name the services of a trace it asks the engine for the resources, with the engine's key.
        await dashboard.Watching.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Log_OfTheDashboard_HasNoKeys()
    {
        var connection = dashboard.Connection;
        await using var file = new FileStream(dashboard.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var log = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Contains("Now listening on", log, StringComparison.Ordinal);
        Assert.DoesNotContain(connection.LoginUrl.Query[3..], log, StringComparison.Ordinal);
        Assert.DoesNotContain(connection.OtlpApiKey, log, StringComparison.Ordinal);
        Assert.DoesNotContain(connection.TelemetryApiKey, log, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri url, string? header = null, string? value = null, string? json = null)
    {
        using var request = new HttpRequestMessage(method, url);
        if (header is not null && value is not null)
        {
            request.Headers.Add(header, value);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        return await dashboard.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
