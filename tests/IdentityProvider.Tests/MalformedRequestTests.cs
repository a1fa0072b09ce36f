using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Forms that are too large, broken or say a thing twice, at every endpoint that reads one.</summary>
public sealed class MalformedRequestTests
{
    private static readonly string[] Endpoints =
    [
        "/protocol/openid-connect/token", "/protocol/openid-connect/token/introspect", "/protocol/openid-connect/revoke", "/protocol/openid-connect/ext/par/request",
        "/protocol/openid-connect/auth", "/protocol/openid-connect/auth/device", "/protocol/openid-connect/logout", "/protocol/openid-connect/userinfo",
        "/login-actions/authenticate", "/login-actions/consent", "/device", "/protocol/openid-connect/logout/logout-confirm",
    ];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var endpoint in Endpoints)
        {
            foreach (var form in (string[])["value of 300 KB", "name of 4 KB", "5000 fields", "2 MB"])
            {
                cases.Add(endpoint, form);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Form_TooLarge_IsRefusedAsSuch(string endpoint, string form)
    {
        await using var provider = await RunningProvider.StartAsync();
        var body = form switch
        {
            "value of 300 KB" => $"grant_type={new string('x', 300 * 1024)}",
            "name of 4 KB" => $"{new string('x', 4096)}=1",
            "5000 fields" => string.Join('&', Enumerable.Range(0, 5000).Select(i => $"f{i}=1")),
            _ => string.Join('&', Enumerable.Range(0, 20).Select(i => $"f{i}={new string('x', 100 * 1024)}")),
        };

        // The answer comes before the body is read: who sends it all the same may find the connection closed instead.
        Assert.Equal(413, (await PostAsync(provider, endpoint, body, KeyValuePair.Create("Expect", "100-continue"))).Status);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%zz=%zz")]
    [InlineData("grant_type=%ff%fe&client_id=%00")]
    [InlineData("=&=&=")]
    [InlineData("&&&")]
    [InlineData("grant_type")]
    [InlineData("grant_type=client_credentials&client_id=mcp-agent&client_secret=%c3%28")]
    public async Task Form_Malformed_IsAClientError(string body)
    {
        await using var provider = await RunningProvider.StartAsync();
        foreach (var endpoint in Endpoints.Where(endpoint => !endpoint.EndsWith("/logout", StringComparison.Ordinal) && endpoint != "/device"))
        {
            var reply = await PostAsync(provider, endpoint, body);
            Assert.True(reply.Status is >= 400 and < 500, $"{endpoint}: {reply.Status} {reply.Body}");
        }
    }

    [Theory]
    [InlineData("/protocol/openid-connect/token", "grant_type=client_credentials&{0}&scope=tickets:read&scope=tickets:read")]
    [InlineData("/protocol/openid-connect/token", "grant_type=client_credentials&{0}&client_secret=agent-secret")]
    [InlineData("/protocol/openid-connect/revoke", "{0}&token=a&token=b")]
    [InlineData("/protocol/openid-connect/ext/par/request", "{0}&response_type=code&response_type=code")]
    [InlineData("/protocol/openid-connect/auth/device", "client_id=mcp-native&scope=openid&scope=openid")]
    public async Task Parameter_SentTwice_IsRefused(string endpoint, string body)
    {
        await using var provider = await RunningProvider.StartAsync();
        var reply = await PostAsync(provider, endpoint, string.Format(null, body, "client_id=mcp-agent&client_secret=agent-secret"));
        Assert.Equal(400, reply.Status);
        Assert.Equal("duplicated parameter", reply["error_description"]);
    }

    private static Task<Reply> PostAsync(RunningProvider provider, string endpoint, string body, params KeyValuePair<string, string>[] headers)
        => Http.SendAsync("POST", provider.Issuer + endpoint, body: body, headers: [new("Content-Type", "application/x-www-form-urlencoded"), new("Accept", "text/html"), .. headers]);
}
