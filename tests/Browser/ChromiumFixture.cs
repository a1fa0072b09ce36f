using McpAspire.Testing;
using Microsoft.Playwright;

namespace McpAspire.Browser;

/// <summary>Headless Chromium. Each test takes its own context: a browser profile with its own cookies.</summary>
public sealed class ChromiumFixture : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    private readonly SemaphoreSlim _start = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task<IBrowserContext> NewProfileAsync(BrowserNewContextOptions? options = null)
    {
        var browser = await StartAsync();
        return await browser.NewContextAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _start.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        await _start.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_browser is null)
            {
                var chromium = Find();
                Assertions.SetDefaultExpectTimeout(30_000); // milliseconds, as for everything else: five seconds are short on a busy machine
                _playwright = await Playwright.CreateAsync();
                _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
                {
                    ExecutablePath = chromium,
                    Args =
                    [
                        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    ],
                });
            }

            return _browser;
        }
        finally
        {
            _start.Release();
        }
    }

    private static string Find()
    {
        foreach (var name in Names)
        {
            if (RequiredTool.TryFind(name) is { } path)
            {
                return path;
            }
        }

        RequiredTool.Missing("Chromium is not installed; it is needed to sign in as a person does");
        return "";
    }
}
