using System.Globalization;
using System.Web;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>An app, a provider, and a sidecar with an oauth2 login before the app.</summary>
internal sealed class LoginRig : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private LoginRig()
    {
    }

    public EchoApp App { get; } = new();

    public FakeProvider Provider { get; } = new();

    public SidecarProcess Sidecar { get; private set; } = null!;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static async Task<LoginRig> StartAsync(string pipeline = "httpPipeline", string? pathFilter = "^/(mcp|b)", bool scopeUpgrade = false, string[]? flags = null, string? resiliency = null)
    {
        var rig = new LoginRig();
        ProtectedResources.WriteLogin(rig._folder, rig.Provider, pathFilter, scopeUpgrade);
        ProtectedResources.WriteConfiguration(rig._folder, (pipeline, ProtectedResources.Login));
        if (resiliency is not null)
        {
            rig._folder.Write("resources/resiliency.yaml", resiliency);
        }

        rig.Sidecar = await SidecarProcess.StartAsync(
            [
                "--app-id", "app", "--app-port", rig.App.Port.ToString(CultureInfo.InvariantCulture),
                "--resources-path", rig._folder.PathOf("resources"), "--config", rig._folder.PathOf("config.yaml"), .. flags ?? [],
            ],
            Stopping);
        return rig;
    }

    /// <summary>Writes the login's component anew, which the sidecar sees.</summary>
    public void UseProvider(FakeProvider provider, string? pathFilter = "^/(mcp|b)") => ProtectedResources.WriteLogin(_folder, provider, pathFilter);

    public static string CookieOf(RawResponse response) => response.Header("Set-Cookie")!.Split(';')[0];

    public Task<RawResponse> GetAsync(string target, string? cookie, params (string Name, string Value)[] headers)
        => RawClient.GetAsync(Sidecar.HttpPort, target, Stopping, [.. Headers(target, cookie), .. headers]);

    public Task<RawResponse> PostAsync(string target, string? cookie)
        => RawClient.PostAsync(Sidecar.HttpPort, target, "{}", Stopping, [.. Headers(target, cookie), ("Accept", "application/json, text/event-stream")]);

    public async Task<StartedLogin> BeginAsync(string target, string? cookie = null)
    {
        var answer = await GetAsync(target, cookie);
        Assert.Equal(302, answer.Status);
        var location = answer.Header("Location")!;
        return new StartedLogin(cookie ?? CookieOf(answer), HttpUtility.ParseQueryString(new Uri(location).Query)["state"]!, location);
    }

    /// <summary>Comes back from the provider; the cookie of the session that begins.</summary>
    public async Task<string> ReturnAsync(StartedLogin started)
    {
        var answer = await GetAsync($"/mcp?state={started.State}&code=c", started.Cookie);
        Assert.Equal(302, answer.Status);
        return CookieOf(answer);
    }

    public async Task<Person> CompleteAsync(StartedLogin started)
    {
        var cookie = await ReturnAsync(started);
        var echo = await GetAsync("/mcp/whoami", cookie);
        var token = System.Text.RegularExpressions.Regex.Match(echo.Text, "Bearer (tok-\\d+)").Groups[1].Value;
        return new Person(cookie, token);
    }

    public async Task<Person> SignInAsync(string target) => await CompleteAsync(await BeginAsync(target));

    /// <summary>Tokens of one second: waits for the moment after which the sidecar must not use them.</summary>
    public Task WaitUntilExpiredAsync()
    {
        var until = DateTimeOffset.UtcNow.AddSeconds(1.1);
        return Eventually.TrueAsync(() => DateTimeOffset.UtcNow > until, "the token has expired", Stopping);
    }

    public async ValueTask DisposeAsync()
    {
        if (Sidecar is not null)
        {
            await Sidecar.DisposeAsync();
        }

        await App.DisposeAsync();
        await Provider.DisposeAsync();
        _folder.Dispose();
    }

    private static IEnumerable<(string Name, string Value)> Headers(string target, string? cookie)
    {
        if (!target.StartsWith("/v1.0/invoke/", StringComparison.Ordinal))
        {
            yield return ("dapr-app-id", "app");
        }

        if (cookie is not null)
        {
            yield return ("Cookie", cookie);
        }
    }
}

internal sealed record StartedLogin(string Cookie, string State, string Location);

internal sealed record Person(string Cookie, string Token);
