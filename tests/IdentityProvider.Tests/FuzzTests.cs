using System.Text;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Random requests get an answer, never a server error. LONG=1 sends 10,000 to each endpoint.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Names =
    [
        "grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "token", "token_type_hint",
        "response_type", "response_mode", "state", "nonce", "prompt", "max_age", "claims", "request", "request_uri", "code_challenge",
        "code_challenge_method", "login_hint", "resource", "audience", "subject_token", "subject_token_type", "requested_token_type", "device_code",
        "user_code", "device_user_code", "id_token_hint", "post_logout_redirect_uri", "session_code", "execution", "tab_id", "client_data",
        "client_assertion", "client_assertion_type", "access_token", "username", "password", "accept", "dpop_jkt",
    ];

    private static readonly string[] Values =
    [
        "", " ", "code", "none", "mcp-agent", "mcp-native", "mcp-console", "agent-secret", "authorization_code", "client_credentials", "refresh_token",
        "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:device_code", "http://127.0.0.1/cb", "http://localhost:5100/cb",
        "openid", "openid tickets:read offline_access", "S256", "plain", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzUxMiJ9.bnVsbA.AA",
        "null", "[]", "{}", "{\"id_token\":{\"acr\":{\"essential\":true}}}", "{\"id_token\":[1]}", "-1", "99999999999999999999", "\0", "%", "%zz", "\uFFFD", "\r\n",
        "urn:ietf:params:oauth:request_uri:x", "../..", "<script>", "query.jwt", "form_post", "fragment", "login", "consent", "login none",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    ];

    private static readonly string[] Methods = ["GET", "POST", "POST", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"];

    public static TheoryData<string> Paths() =>
    [
        "", "/.well-known/openid-configuration", "/protocol/openid-connect/auth", "/protocol/openid-connect/token", "/protocol/openid-connect/token/introspect",
        "/protocol/openid-connect/revoke", "/protocol/openid-connect/userinfo", "/protocol/openid-connect/logout", "/protocol/openid-connect/logout/logout-confirm",
        "/protocol/openid-connect/auth/device", "/protocol/openid-connect/ext/par/request", "/protocol/openid-connect/certs", "/device", "/device/status",
        "/login-actions/authenticate", "/login-actions/required-action", "/login-actions/consent", "/login-actions/restart",
        "/clients-registrations/openid-connect", "/clients-registrations/openid-connect/mcp-agent",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Endpoint_RandomRequests_NeverServerError(string path)
    {
        var count = Environment.GetEnvironmentVariable("LONG") == "1" ? 10_000 : 250;
        var random = new Random(path.Length * 7919);
        await using var provider = await RunningProvider.StartAsync(TestRealm.Shipped, "--KC_FEATURES=resource-indicators,cimd");
        for (var i = 0; i < count; i++)
        {
            var (method, url, headers, body) = Next(random, provider.Issuer + path);
            Reply reply;
            try
            {
                reply = await Http.SendAsync(method, url, body: body, headers: headers);
            }
            catch (HttpRequestException e)
            {
                Assert.Fail($"request {i}: {method} {url} {body}: {e.Message}");
                return;
            }

            Assert.True(reply.Status < 500, $"request {i}: {method} {url} {body}: {reply.Status} {reply.Body}");
        }
    }

    private static (string Method, string Url, List<KeyValuePair<string, string>> Headers, string? Body) Next(Random random, string url)
    {
        var method = Pick(random, Methods);
        var headers = new List<KeyValuePair<string, string>>();
        if (random.Next(4) == 0)
        {
            headers.Add(new("Authorization", Pick(random, ["Basic !!!", "Basic bWNwLWFnZW50OmFnZW50LXNlY3JldA==", "Bearer a.b.c", "Bearer", "DPoP x", "basic Og=="])));
        }

        if (random.Next(4) == 0)
        {
            headers.Add(new("Cookie", $"AUTH_SESSION_ID={Escape(random)}; KC_RESTART={Escape(random)}; KEYCLOAK_IDENTITY={Escape(random)}"));
        }

        if (random.Next(5) == 0)
        {
            headers.Add(new("DPoP", Pick(random, ["x", "a.b.c", "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7fX0.e30.AA"])));
        }

        if (random.Next(5) == 0)
        {
            headers.Add(new("Origin", Pick(random, ["http://localhost:6274", "null", "x"])));
        }

        headers.Add(new("Accept", random.Next(2) == 0 ? "text/html" : "*/*"));
        url = random.Next(3) == 0 ? url : $"{url}?{Parameters(random)}";
        if (method is "GET" or "HEAD" or "OPTIONS" || random.Next(8) == 0)
        {
            return (method, url, headers, null);
        }

        headers.Add(new("Content-Type", Pick(random, ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencoded; charset=nonsense"])));
        return (method, url, headers, random.Next(6) == 0 ? Noise(random) : Parameters(random));
    }

    private static string Parameters(Random random)
        => string.Join('&', Enumerable.Range(0, random.Next(0, 9)).Select(_ => $"{Pick(random, Names)}={Escape(random)}"));

    private static string Escape(Random random) => Uri.EscapeDataString(Pick(random, Values));

    private static string Noise(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(200); i > 0; i--)
        {
            text.Append((char)random.Next(1, 256));
        }

        return text.ToString();
    }

    private static string Pick(Random random, string[] items) => items[random.Next(items.Length)];
}
