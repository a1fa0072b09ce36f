using System.Net;
using System.Text;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>Sends requests exactly as told: no cookies, no redirects, no defaults.</summary>
internal static class Http
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(30) })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    public static async Task<Reply> SendAsync(
        string method, string url, IEnumerable<KeyValuePair<string, string>>? form = null, string? body = null,
        IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        if (form is not null)
        {
            request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(string.Join('&', form.Select(Encode))));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
        }
        else if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        foreach (var (name, value) in headers ?? [])
        {
            if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Client.SendAsync(request, cancel);
        return await Reply.ReadAsync(response, cancel);
    }

    public static Task<Reply> GetAsync(string url) => SendAsync("GET", url);

    public static Task<Reply> PostAsync(string url, params (string Name, string Value)[] form)
        => SendAsync("POST", url, form.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static string Encode(KeyValuePair<string, string> field) => $"{WebUtility.UrlEncode(field.Key)}={WebUtility.UrlEncode(field.Value)}";
}
