using System.Net;
using System.Net.Http.Headers;
using AngleSharp;
using AngleSharp.Dom;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class AuditPageTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_AsAuditor_ShowsCallsOfTheOwnTenantOnly()
    {
        using var ofAlice = await server.Http.CallToolAsync(server.TokenWith("tickets:read"), "delete_ticket", """{"id":1}""");
        using var ofBob = await server.Http.CallToolAsync(server.TokenWith("tickets:read", "bob", "fabrikam"), "list_tickets");

        using var response = await OpenAsync(Auditor());
        var page = await ParseAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("Audit trail of contoso", page.QuerySelector("h1")!.TextContent);
        var rows = page.QuerySelectorAll("tbody tr").Select(row => row.QuerySelectorAll("td").Select(cell => cell.TextContent).ToArray()).ToList();
        Assert.Contains(rows, row => row[1] == "alice" && row[3] == "delete_ticket" && row[4] == "refused: insufficient_scope");
        Assert.DoesNotContain(rows, row => row[1] == "bob");
    }

    [Fact]
    public async Task Page_OfRefusedCalls_ShowsNoAllowedCall()
    {
        using var allowed = await server.Http.CallToolAsync(server.TokenWith("tickets:read", "ruth"), "list_tickets");
        using var refused = await server.Http.CallToolAsync(server.TokenWith("tickets:read", "ruth"), "create_ticket");

        using var response = await OpenAsync(Auditor(), "?refused=true");
        var page = await ParseAsync(response);

        Assert.NotEmpty(page.QuerySelectorAll("td.refused"));
        Assert.Empty(page.QuerySelectorAll("td.allowed"));
    }

    [Fact]
    public async Task Page_EncodesWhatCallersWrote()
    {
        using var call = await server.Http.CallToolAsync(server.TokenWith("tickets:read", "<img src=x onerror=alert(1)>"), "list_tickets");

        using var response = await OpenAsync(Auditor());
        var page = await ParseAsync(response);

        Assert.Empty(page.QuerySelectorAll("img"));
        Assert.Contains("<img src=x onerror=alert(1)>", page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_IsAccessibleAndCarriesNoScript()
    {
        using var call = await server.Http.CallToolAsync(server.Token(), "list_tickets");

        using var response = await OpenAsync(Auditor());
        var page = await ParseAsync(response);

        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.NotNull(page.QuerySelector("main h1"));
        Assert.NotNull(page.QuerySelector("table caption"));
        Assert.All(page.QuerySelectorAll("th"), heading => Assert.Equal("col", heading.GetAttribute("scope")));
        Assert.Empty(page.QuerySelectorAll("script, [onclick], [style], link"));
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Page_WithoutTheRole_Is403WithASentence()
    {
        using var response = await OpenAsync(server.Token());
        var page = await ParseAsync(response);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("auditor", page.QuerySelector("main p")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_AsAuditorWithoutTenant_Is403()
    {
        using var response = await OpenAsync(server.Token(claims => claims with { Roles = ["auditor"], Tenant = null }));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Page_WithAForgedToken_Is401()
    {
        var forged = server.Identity.Sign(new TokenClaims(server.Resource) { Roles = ["auditor"] }, TestIdentityProvider.NewKey("other"));

        using var response = await OpenAsync(forged);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Page_OpenedWithoutToken_SetsAFreshSessionAndSendsToTheSidecar()
    {
        using var first = await server.Http.GetAsync("/audit", Cancellation);
        using var second = await server.Http.GetAsync("/audit", Cancellation);

        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal(server.LoginUrl, first.Headers.Location!.ToString());
        var cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Matches("^gosessionsid=[A-Za-z0-9_-]{43}; path=/; samesite=lax; httponly$", cookie);
        Assert.NotEqual(cookie, Assert.Single(second.Headers.GetValues("Set-Cookie")));
    }

    [Fact]
    public async Task Page_OpenedOn127001_IsSentToLocalhostWithoutACookie()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/audit");
        request.Headers.Host = $"127.0.0.1:{new Uri(server.BaseUrl).Port}";

        using var response = await server.Http.SendAsync(request, Cancellation);

        Assert.Equal($"{server.BaseUrl}/audit", response.Headers.Location!.ToString());
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private string Auditor() => server.Token(claims => claims with { UserName = "carol", Subject = "subject-of-carol", Roles = ["supervisor", "auditor"] });

    private async Task<HttpResponseMessage> OpenAsync(string token, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/audit{query}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await server.Http.SendAsync(request, Cancellation);
    }

    private static async Task<IDocument> ParseAsync(HttpResponseMessage response)
    {
        var html = await response.Content.ReadAsStringAsync(Cancellation);
        return await BrowsingContext.New().OpenAsync(source => source.Content(html), Cancellation);
    }
}
