using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Cimd;
using McpAspire.IdentityProvider.Login;
using McpAspire.IdentityProvider.Sessions;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Strangers cannot fill the memory: every store has an end, and every entry its time.</summary>
public sealed class BoundsTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    [Fact]
    public void ExpiringStore_Full_DropsWhatEndsSoonest()
    {
        var store = new ExpiringStore<string>(_clock, capacity: 100);
        store.Set("lasting", "", TimeSpan.FromHours(1));
        for (var i = 0; i < 1000; i++)
        {
            store.Set($"{i}", "", TimeSpan.FromSeconds(60));
            Assert.True(store.Count <= 100);
        }

        Assert.NotNull(store.Find("lasting"));
        Assert.NotNull(store.Find("999"));
    }

    [Fact]
    public void ExpiringStore_Pruned_HoldsWhatIsAliveOnly()
    {
        var store = new ExpiringStore<string>(_clock);
        store.Set("short", "", TimeSpan.FromSeconds(10));
        store.Set("long", "", TimeSpan.FromSeconds(100));
        _clock.Advance(TimeSpan.FromSeconds(11));
        store.Prune();
        Assert.Equal(1, store.Count);
    }

    [Fact]
    public void UsedIds_Full_RefusesNewOnesUntilSomeExpire()
    {
        var used = new UsedIds(_clock, capacity: 3);
        Assert.True(used.TryUse("a", TimeSpan.FromSeconds(10)));
        Assert.True(used.TryUse("b", TimeSpan.FromSeconds(20)));
        Assert.True(used.TryUse("c", TimeSpan.FromSeconds(20)));
        Assert.False(used.TryUse("d", TimeSpan.FromSeconds(10)));
        Assert.False(used.TryUse("b", TimeSpan.FromSeconds(10)));
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.True(used.TryUse("d", TimeSpan.FromSeconds(10)));
        Assert.False(used.TryUse("b", TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void RevokedTokens_AfterTheirTime_AreForgotten()
    {
        var revoked = new RevokedTokens(_clock);
        revoked.Add("t", _clock.GetUtcNow().AddSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(9));
        revoked.Prune();
        Assert.True(revoked.Contains("t"));
        _clock.Advance(TimeSpan.FromSeconds(2));
        revoked.Prune();
        Assert.False(revoked.Contains("t"));
    }

    [Fact]
    public async Task Logins_FromManyBrowsersThatNeverSignIn_StayBounded()
    {
        await using var provider = await RunningProvider.StartAsync();
        var logins = new LoginStore(provider.Realms.Find("mcp")!.Settings, _clock);
        var request = new AuthorizationRequest { ClientId = "mcp-native", RedirectUri = Flows.NativeCallback };
        BrowserLogin? last = null;
        for (var i = 0; i < 5000; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            last = logins.Open(null).Login;
            logins.AddTab(last, request);
        }

        Assert.InRange(logins.Count, 1000, 2100);
        Assert.NotNull(logins.Find(last!.Id));
        _clock.Advance(TimeSpan.FromMinutes(31));
        logins.Prune();
        Assert.Equal(0, logins.Count);
    }

    [Fact]
    public async Task Login_ForgottenInAFlood_StartsAgainFromTheRestartCookie()
    {
        await using var provider = await RunningProvider.StartAsync();
        var browser = new Browser(provider.BaseUrl);
        await browser.VisitAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-console", Flows.ConsoleCallback, "openid"));
        var logins = provider.Realms.Find("mcp")!.Logins;
        logins.Remove(logins.Find(browser.Cookies["AUTH_SESSION_ID"])!);

        await browser.FollowAsync(await browser.SubmitAsync(("username", "alice"), ("password", "demo-password")));
        var reply = await browser.SubmitAsync(("username", "alice"), ("password", "demo-password"));
        Assert.StartsWith(Flows.ConsoleCallback, reply.Location, StringComparison.Ordinal);
    }

    [Fact]
    public void RefreshChain_UsedManyTimes_StaysSmallAndStillRefusesOldTokens()
    {
        var session = new ClientSession { ClientId = "c", Started = _clock.GetUtcNow(), AuthenticationContext = "1" };
        var first = _clock.GetUtcNow();
        for (var i = 0; i < 2500; i++)
        {
            Assert.Equal(RefreshOutcome.Fine, session.UseRefreshToken("chain", $"t{i}", _clock.GetUtcNow(), maxReuse: 0));
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.True(session.ExportUses()["chain"].Earlier.Count <= 1000);
        Assert.Equal(RefreshOutcome.Stale, session.UseRefreshToken("chain", "t0", first, maxReuse: 0));
        Assert.Equal(RefreshOutcome.Stale, session.UseRefreshToken("chain", "t2400", first.AddSeconds(4800), maxReuse: 0));
        session.ForgetChains(_clock.GetUtcNow());
        Assert.Empty(session.ExportUses());
    }

    [Fact]
    public async Task MetadataClients_BeyondTheLimit_ForgetTheOldest()
    {
        await using var documents = await DocumentServer.StartAsync();
        await using var provider = await RunningProvider.StartAsync(RegistrationRealmTests.RealmPath, "--KC_FEATURES=cimd");
        var realm = provider.Realms.Find("mcp")!;
        using var fetcher = new DocumentFetcher();
        var resolver = new CimdResolver(realm, fetcher, mostClients: 2);
        var ids = Enumerable.Range(0, 4).Select(i => $"{documents.BaseUrl}/{i}.json").ToList();
        foreach (var id in ids)
        {
            documents.Serve(new Uri(id).AbsolutePath, $$"""{"client_id":"{{id}}","redirect_uris":["http://localhost:1/cb"],"token_endpoint_auth_method":"none"}""");
            await resolver.EnsureAsync(id, "http://localhost:1/cb", TestContext.Current.CancellationToken);
            provider.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(ids[2..], realm.Model.Clients.Where(client => client.Registered).Select(client => client.ClientId).Order());
    }

    [Fact]
    public async Task Authorize_StateOfMoreThanFourThousandCharacters_IsDroppedAsByKeycloak()
    {
        await using var provider = await RunningProvider.StartAsync();
        var url = Flows.AuthorizeUrl(provider.Issuer, "mcp-console", Flows.ConsoleCallback, "openid", "&prompt=none");
        var kept = await Http.GetAsync(url.Replace("state-1", new string('s', 4000), StringComparison.Ordinal));
        var dropped = await Http.GetAsync(url.Replace("state-1", new string('s', 4001), StringComparison.Ordinal));
        Assert.Contains("state=", kept.Location, StringComparison.Ordinal);
        Assert.Contains("error=login_required", dropped.Location, StringComparison.Ordinal);
        Assert.DoesNotContain("state=", dropped.Location, StringComparison.Ordinal);
    }
}
