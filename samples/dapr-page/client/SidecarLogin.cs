using System.Net;
using System.Text;

namespace DaprPage.Client;

/// <summary>
/// The sidecar's oauth2 middleware answers a call without a session with a redirect to the identity provider. No MCP
/// client follows it, because a POST would become a GET. This one sends a person there, hands the answer on to the
/// sidecar, and repeats the call in the session that the sidecar then knows.
/// </summary>
internal sealed class SidecarLogin(Uri server, Uri callback)
    : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
{
    /// <summary>How long a person may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _oneLogin = new(1);
    private string? _session;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
        {
            await content.LoadIntoBufferAsync(cancellationToken);
        }

        var session = _session;
        var response = await SendAsync(request, session, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Found)
        {
            return response;
        }

        using (response)
        {
            await _oneLogin.WaitAsync(cancellationToken);
            try
            {
                if (_session == session)
                {
                    _session = await SignInAsync(request, response, cancellationToken);
                }
            }
            finally
            {
                _oneLogin.Release();
            }
        }

        return await SendAsync(request, _session, cancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? session, CancellationToken cancellationToken)
    {
        request.Headers.Remove("Cookie");
        if (session is not null)
        {
            request.Headers.Add("Cookie", session);
        }

        return base.SendAsync(request, cancellationToken);
    }

    private async Task<string> SignInAsync(HttpRequestMessage request, HttpResponseMessage refusal, CancellationToken cancellationToken)
    {
        var page = refusal.Headers.Location ?? throw new HttpRequestException("The sidecar asks for a login, but does not say where.");
        var session = SessionOf(refusal) ?? throw new HttpRequestException("The sidecar starts a login without a session.");

        using var listener = new HttpListener { Prefixes = { callback.GetLeftPart(UriPartial.Authority) + "/" } };
        listener.Start();
        Console.WriteLine($"Open this page in a browser and sign in: {page.AbsoluteUri}");
        var browser = await AnswerToAsync(listener, StateOf(page), cancellationToken);

        // The sidecar redeems the code: this program never sees a token.
        using var replay = new HttpRequestMessage(HttpMethod.Get, new Uri(server, browser.Request.Url!.Query));
        replay.Headers.Add("dapr-app-id", request.Headers.GetValues("dapr-app-id"));
        using var answer = await SendAsync(replay, session, cancellationToken);
        var isSignedIn = answer.StatusCode == HttpStatusCode.Found;
        await SayAsync(browser, isSignedIn ? "You are signed in. Go back to the terminal." : "The sidecar refused this login.", cancellationToken);
        return isSignedIn
            ? SessionOf(answer) ?? session
            : throw new HttpRequestException($"The sidecar refused the login ({(int)answer.StatusCode}).");
    }

    /// <summary>The browser's return with the state of this login; whatever else comes gets 404.</summary>
    private async Task<HttpListenerContext> AnswerToAsync(HttpListener listener, string? state, CancellationToken cancellationToken)
    {
        while (true)
        {
            var context = await listener.GetContextAsync().WaitAsync(cancellationToken);
            if (context.Request.Url?.AbsolutePath == callback.AbsolutePath && StateOf(context.Request.Url) == state)
            {
                return context;
            }

            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            context.Response.Close();
        }
    }

    private static async Task SayAsync(HttpListenerContext context, string text, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        context.Response.Close();
    }

    private static string? StateOf(Uri url)
        => url.Query.TrimStart('?').Split('&').FirstOrDefault(pair => pair.StartsWith("state=", StringComparison.Ordinal));

    /// <summary>Name and value of the cookie only: daprd often says Max-Age=0 and means two hours.</summary>
    private static string? SessionOf(HttpResponseMessage response)
        => response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.First().Split(';')[0] : null;
}
