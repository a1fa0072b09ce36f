using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace McpAspire.Client.Tests.Fakes;

/// <summary>A browser without script: cookies of its own, redirects followed by hand so that a test sees each step.</summary>
public sealed class Browser(Uri address) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = new CookieContainer() })
    {
        BaseAddress = address,
    };

    public CancellationToken Cancellation { get; init; } = TestContext.Current.CancellationToken;

    public async Task<Page> GetAsync(string path)
        => await Page.ReadAsync(await http.GetAsync(path, Cancellation), Cancellation);

    public async Task<Page> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> fields)
        => await Page.ReadAsync(await http.PostAsync(path, new FormUrlEncodedContent(fields), Cancellation), Cancellation);

    /// <summary>Presses the button with this test id: sends its form.</summary>
    public async Task<Page> PressAsync(Page page, string testId)
    {
        var form = (IHtmlFormElement)page.Find(testId).Closest("form")!;
        return await PostAsync(form.GetAttribute("action")!, Fields(form));
    }

    public static IEnumerable<KeyValuePair<string, string>> Fields(IHtmlFormElement form)
        => form.QuerySelectorAll("input").OfType<IHtmlInputElement>().Select(input => KeyValuePair.Create(input.Name!, input.Value));

    /// <summary>Presses "sign in" and returns the provider's page that the console sends the browser to.</summary>
    public async Task<Uri> StartSignInAsync(string path = "/")
    {
        var redirect = await PressAsync(await GetAsync(path), "sign-in");
        Assert.Equal(HttpStatusCode.SeeOther, redirect.Status);
        return new Uri(redirect.Location!);
    }

    /// <summary>Comes back from the provider as this person, and returns the page that follows.</summary>
    public async Task<Page> ComeBackAsync(Uri signInPage, Person person)
    {
        var redirect = await GetAsync(Callback(signInPage, $"code={person.Code}"));
        Assert.Equal(HttpStatusCode.SeeOther, redirect.Status);
        return await GetAsync(redirect.Location!);
    }

    public async Task<Page> SignInAsync(Person person, string path = "/") => await ComeBackAsync(await StartSignInAsync(path), person);

    /// <summary>The address that the provider sends a browser back to.</summary>
    public static string Callback(Uri signInPage, string answer)
    {
        var state = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(signInPage.Query)["state"].ToString();
        var issuer = Uri.EscapeDataString($"{signInPage.GetLeftPart(UriPartial.Authority)}/realms/mcp");
        return $"/signin/callback?state={state}&session_state=s1&iss={issuer}&{answer}";
    }

    public void Dispose() => http.Dispose();
}

/// <summary>An answer of the console.</summary>
public sealed record Page(HttpStatusCode Status, string? Location, IHtmlDocument Document, HttpResponseMessage Response)
{
    public static async Task<Page> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        => new(
            response.StatusCode,
            response.Headers.TryGetValues("Location", out var values) ? values.First() : null,
            new HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync(cancellationToken)),
            response);

    public string Text => Document.Body?.TextContent ?? "";

    public AngleSharp.Dom.IElement Find(string testId)
        => FindOrNull(testId) ?? throw new Xunit.Sdk.XunitException($"No element '{testId}' on: {Text}");

    public AngleSharp.Dom.IElement? FindOrNull(string testId) => Document.QuerySelector($"[data-testid='{testId}']");

    public string[] TicketTitles
        => [.. Document.QuerySelectorAll("[data-testid='ticket-row'] .subject").Select(cell => cell.ChildNodes[0].TextContent.Trim())];

    public string[] SetCookies => Response.Headers.TryGetValues("Set-Cookie", out var lines) ? [.. lines] : [];
}
