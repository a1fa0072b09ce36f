using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace McpAspire.Browser;

/// <summary>The console as a person sees it.</summary>
internal sealed class ConsolePage(IPage page, Uri console)
{
    public ILocator SignedInUser => page.GetByTestId("signed-in-user");

    public ILocator Tenant => page.GetByTestId("tenant");

    public ILocator Tickets => page.GetByTestId("ticket-row");

    /// <summary>Of everything in a row, what neither time nor the agent changes.</summary>
    public ILocator TicketIds => Tickets.Locator("td.id");

    public ILocator Error => page.GetByTestId("error");

    public Task OpenAsync() => page.GotoAsync(console.AbsoluteUri);

    public async Task SignInAsync(string name, string password)
    {
        await OpenAsync();
        await page.GetByTestId("sign-in").ClickAsync();
        await page.GetByLabel("Username or email").FillAsync(name);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign In" }).ClickAsync();
        await WaitForConsoleAsync();
    }

    /// <summary>Signs out at both places: the provider asks, because the console holds no ID token to show it.</summary>
    public async Task SignOutAsync()
    {
        await page.GetByTestId("sign-out").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Logout" }).ClickAsync();
        await WaitForConsoleAsync();
    }

    /// <summary>Until the browser has come back to it and shows all of it. The page is asked: an event, of its load or its address, can be missed on a busy machine.</summary>
    private async Task WaitForConsoleAsync()
    {
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"^https?://[^/]+:{console.Port}(/|$)"), new() { Timeout = 30_000 });
        await page.WaitForFunctionAsync("() => document.readyState === 'complete'");
    }
}
