using McpAspire.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace McpAspire.Browser;

/// <summary>A person signs in through the console's sidecar and sees the tickets of the own tenant.</summary>
public sealed class SignInTests(StackFixture stack, ChromiumFixture chromium)
{
    [Fact]
    public async Task Alice_SignsIn_SeesTicketsOfHerTenantOnly()
    {
        await using var profile = await chromium.NewProfileAsync();
        var console = await SignedInAsync(profile, "alice");

        await Expect(console.SignedInUser).ToContainTextAsync("alice");
        await Expect(console.Tenant).ToContainTextAsync("contoso");
        await Expect(console.Tickets.First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task AliceAndBob_AtTheSameTime_EachSeesOnlyTheOwnTickets()
    {
        await using var first = await chromium.NewProfileAsync();
        await using var second = await chromium.NewProfileAsync();
        var alice = await SignedInAsync(first, "alice");
        var bob = await SignedInAsync(second, "bob");

        var ofAlice = await alice.TicketIds.AllInnerTextsAsync();
        var ofBob = await bob.TicketIds.AllInnerTextsAsync();

        Assert.NotEmpty(ofAlice);
        Assert.NotEmpty(ofBob);
        Assert.Empty(ofAlice.Intersect(ofBob));
        await Expect(bob.SignedInUser).ToContainTextAsync("bob");
        await Expect(bob.Tenant).ToContainTextAsync("fabrikam");
        await alice.OpenAsync();
        await Expect(alice.SignedInUser).ToContainTextAsync("alice");
        Assert.Equivalent(ofAlice, await alice.TicketIds.AllInnerTextsAsync(), strict: true);
    }

    [Fact]
    public async Task Alice_SignsOut_MustSignInWithHerPasswordAgain()
    {
        await using var profile = await chromium.NewProfileAsync();
        var page = await profile.NewPageAsync();
        var console = new ConsolePage(page, stack.Console);
        await console.SignInAsync("alice", stack.DemoPassword);

        await console.SignOutAsync();
        await Expect(page.GetByTestId("sign-in")).ToBeVisibleAsync();
        await page.GetByTestId("sign-in").ClickAsync();

        await Expect(page.GetByLabel("Password", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task WrongPassword_StaysOnTheLoginPage_AndNobodyIsSignedIn()
    {
        await using var profile = await chromium.NewProfileAsync();
        var page = await profile.NewPageAsync();
        await page.GotoAsync(stack.Console.AbsoluteUri);
        await page.GetByTestId("sign-in").ClickAsync();
        await page.GetByLabel("Username or email").FillAsync("nobody");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign In" }).ClickAsync();

        await Expect(page.GetByText("Invalid username or password.")).ToBeVisibleAsync();
        await page.GotoAsync(stack.Console.AbsoluteUri);
        await Expect(page.GetByTestId("sign-in")).ToBeVisibleAsync();
    }

    private async Task<ConsolePage> SignedInAsync(IBrowserContext profile, string name)
    {
        var console = new ConsolePage(await profile.NewPageAsync(), stack.Console);
        await console.SignInAsync(name, stack.DemoPassword);
        await Expect(console.SignedInUser).ToBeVisibleAsync();
        return console;
    }
}
