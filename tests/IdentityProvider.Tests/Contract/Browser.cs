using System.Net;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>Keeps cookies and the current form as a browser does; Secure cookies on http://localhost included.</summary>
internal sealed class Browser(string baseUrl)
{
    public const string Accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private readonly Dictionary<string, string> _cookies = [];

    /// <summary>The form of the last page.</summary>
    public (string Action, Dictionary<string, string> Hidden) Form { get; private set; }

    public IReadOnlyDictionary<string, string> Cookies => _cookies;

    public void ForgetCookies() => _cookies.Clear();

    public void SetCookie(string name, string value) => _cookies[name] = value;

    public async Task<Reply> SendAsync(
        string method, string url, IEnumerable<KeyValuePair<string, string>>? form = null, IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        var all = (headers ?? []).Where(header => header.Key != "Accept").Append(KeyValuePair.Create("Accept", Accept));
        if (_cookies.Count > 0)
        {
            all = all.Append(KeyValuePair.Create("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"))));
        }

        var reply = await Http.SendAsync(method, Absolute(url), form, null, all);
        Keep(reply);
        return reply;
    }

    public Task<Reply> VisitAsync(string url) => SendAsync("GET", url);

    /// <summary>Goes where the last answer sent the browser, as long as that is the provider.</summary>
    public async Task<Reply> FollowAsync(Reply reply)
    {
        while (reply.Location is { } location && location.StartsWith(baseUrl, StringComparison.Ordinal))
        {
            reply = await VisitAsync(location);
        }

        return reply;
    }

    /// <summary>Posts the current form.</summary>
    public Task<Reply> SubmitAsync(params (string Name, string Value)[] fields)
        => SendAsync("POST", Form.Action, Form.Hidden.Where(hidden => fields.All(field => field.Name != hidden.Key))
            .Concat(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    private void Keep(Reply reply)
    {
        foreach (var cookie in reply.Headers.GetValueOrDefault("Set-Cookie") ?? [])
        {
            var pair = cookie.Split(';')[0];
            var equals = pair.IndexOf('=');
            if (cookie.Contains("Max-Age=0", StringComparison.Ordinal))
            {
                _cookies.Remove(pair[..equals]);
            }
            else
            {
                _cookies[pair[..equals]] = pair[(equals + 1)..];
            }
        }

        if (reply.Status == (int)HttpStatusCode.OK && PageFacts.Form(reply.Body) is { } form)
        {
            Form = form;
        }
    }

    private string Absolute(string url) => url.StartsWith('/') ? baseUrl + url : url;
}
