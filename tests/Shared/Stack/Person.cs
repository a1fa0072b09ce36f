using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace McpAspire.Testing;

/// <summary>
/// A person with a plain HTTP browser: signs in at the realm's login page with a native client and PKCE.
/// Cookies are kept by hand, because Keycloak marks them Secure on http://localhost too and .NET's jar then hides them.
/// </summary>
internal sealed class Person(Uri identity, string name, string password) : IDisposable
{
    private const string ClientId = "mcp-native";
    private const string RedirectUri = "http://127.0.0.1:7777/callback";

    private readonly Dictionary<string, string> _cookies = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = identity };

    private Uri Realm => new(identity, "/realms/mcp/protocol/openid-connect/");

    /// <summary>An access token for the scopes, obtained as a native client does.</summary>
    public async Task<string> GetTokenAsync(string scope, CancellationToken cancellationToken)
    {
        var verifier = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        var challenge = Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var location = new Uri(Realm, $"auth?response_type=code&client_id={ClientId}&redirect_uri={Uri.EscapeDataString(RedirectUri)}&scope={Uri.EscapeDataString(scope)}&state=s&code_challenge={challenge}&code_challenge_method=S256");
        var callback = await SignInAsync(location, RedirectUri, cancellationToken);
        var code = System.Web.HttpUtility.ParseQueryString(callback.Query)["code"] ?? throw new InvalidOperationException($"No code: {callback.Query}");
        using var response = await _http.PostAsync(new Uri(Realm, "token"), new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = ClientId,
            ["redirect_uri"] = RedirectUri,
            ["code"] = code,
            ["code_verifier"] = verifier,
        }), cancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return json.RootElement.GetProperty("access_token").GetString()!;
    }

    /// <summary>Signs in at the page of an authorization request, and returns where the provider sends the browser.</summary>
    public async Task<Uri> SignInAsync(Uri location, string redirectUri, CancellationToken cancellationToken)
    {
        using var first = new HttpRequestMessage(HttpMethod.Get, location);
        var response = await SendAsync(first, cancellationToken);
        for (var step = 0; step < 10; step++)
        {
            using var current = response;
            if (current.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.SeeOther)
            {
                var next = new Uri(location, current.Headers.Location!);
                if (next.AbsoluteUri.StartsWith(redirectUri, StringComparison.Ordinal))
                {
                    return next;
                }

                using var follow = new HttpRequestMessage(HttpMethod.Get, next);
                response = await SendAsync(follow, cancellationToken);
                continue;
            }

            Assert.Equal(HttpStatusCode.OK, current.StatusCode);
            using var submit = Fill(await current.Content.ReadAsStringAsync(cancellationToken));
            response = await SendAsync(submit, cancellationToken);
        }

        throw new InvalidOperationException("The sign-in did not end after ten pages.");
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Fill(string html)
    {
        var page = new HtmlParser().ParseDocument(html);
        var form = Assert.IsType<IHtmlFormElement>(page.QuerySelector("form[method=post]"), exactMatch: false);
        var fields = form.QuerySelectorAll("input[name]").OfType<IHtmlInputElement>().Where(input => input.Type != "submit").ToDictionary(input => input.Name!, input => input.Value ?? "");
        if (fields.ContainsKey("username"))
        {
            (fields["username"], fields["password"]) = (name, password);
        }
        else
        {
            fields["accept"] = "Yes";
        }

        return new HttpRequestMessage(HttpMethod.Post, new Uri(identity, form.GetAttribute("action")!)) { Content = new FormUrlEncodedContent(fields) };
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Accept.ParseAdd("text/html");
        if (_cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        var response = await _http.SendAsync(request, cancellationToken);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var values) ? values : [])
        {
            var (key, value) = (cookie[..cookie.IndexOf('=')], cookie[(cookie.IndexOf('=') + 1)..].Split(';')[0]);
            _cookies[key] = value;
        }

        return response;
    }

    private static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
