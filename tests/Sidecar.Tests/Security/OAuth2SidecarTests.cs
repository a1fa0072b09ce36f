using System.Text.Json.Nodes;
using System.Web;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>What a person, a program and an attacker can and cannot do with the login of a sidecar.</summary>
public sealed class OAuth2SidecarTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_SignedInAtOnce_NeverGetEachOthersToken()
    {
        await using var rig = await LoginRig.StartAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.SignInAsync("/mcp")));

        await Task.WhenAll(people.Select(async person =>
        {
            for (var call = 0; call < 25; call++)
            {
                var answer = await rig.GetAsync("/mcp/" + call, person.Cookie);
                Assert.Equal(200, answer.Status);
                Assert.Contains($"\"Authorization\",\"Bearer {person.Token}\"", answer.Text, StringComparison.OrdinalIgnoreCase);
            }
        }));
        Assert.Equal(8, people.Select(person => person.Token).Distinct().Count());
    }

    [Fact]
    public async Task Session_AfterLogin_HasANewIdAndTheOldOneIsWorthless()
    {
        await using var rig = await LoginRig.StartAsync();
        var started = await rig.BeginAsync("/mcp");
        var person = await rig.CompleteAsync(started);

        Assert.NotEqual(started.Cookie, person.Cookie);
        Assert.Equal(302, (await rig.GetAsync("/mcp", started.Cookie)).Status);
        Assert.Equal(200, (await rig.GetAsync("/mcp", person.Cookie)).Status);
    }

    [Fact]
    public async Task Session_BroughtByTheCaller_IsNotTakenOver()
    {
        await using var rig = await LoginRig.StartAsync();

        var answer = await rig.GetAsync("/mcp", "gosessionsid=attacker-chosen");

        Assert.Equal(302, answer.Status);
        Assert.DoesNotContain("attacker-chosen", answer.Header("Set-Cookie"), StringComparison.Ordinal);
        Assert.StartsWith("gosessionsid=", answer.Header("Set-Cookie"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_OfTheSession_IsHttpOnlyLaxAndNeverExpiresAtOnce()
    {
        await using var rig = await LoginRig.StartAsync();

        var cookie = (await rig.GetAsync("/mcp", null)).Header("Set-Cookie")!;

        Assert.Contains("; HttpOnly", cookie, StringComparison.Ordinal);
        Assert.Contains("; SameSite=Lax", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("Max-Age", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Cookie_OfTheSession_DoesNotReachTheApp_OtherCookiesDo()
    {
        await using var rig = await LoginRig.StartAsync();
        var person = await rig.SignInAsync("/mcp");

        var answer = await rig.GetAsync("/mcp", person.Cookie + "; mine=1");

        Assert.DoesNotContain("gosessionsid", answer.Text, StringComparison.Ordinal);
        Assert.Contains("mine=1", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_UsedTwice_IsRefusedTheSecondTime()
    {
        await using var rig = await LoginRig.StartAsync();
        var started = await rig.BeginAsync("/mcp");
        rig.Provider.Behaviour = TokenBehaviour.InvalidGrant;
        Assert.Equal(502, (await rig.GetAsync($"/mcp?state={started.State}&code=c", started.Cookie)).Status);

        rig.Provider.Behaviour = TokenBehaviour.Good;
        var again = await rig.GetAsync($"/mcp?state={started.State}&code=c", started.Cookie);

        Assert.Equal(400, again.Status);
        Assert.Equal("invalid state", again.Text);
    }

    [Fact]
    public async Task State_OfAnotherBrowser_IsRefused()
    {
        await using var rig = await LoginRig.StartAsync();
        var attacker = await rig.BeginAsync("/mcp");
        var victim = await rig.BeginAsync("/mcp");

        var answer = await rig.GetAsync($"/mcp?state={attacker.State}&code=c", victim.Cookie);

        Assert.Equal(400, answer.Status);
        Assert.Empty(rig.Provider.TokenRequests);
    }

    [Fact]
    public async Task Logins_InTwoTabs_BothComplete()
    {
        await using var rig = await LoginRig.StartAsync();
        var first = await rig.BeginAsync("/mcp/one");
        var second = await rig.BeginAsync("/mcp/two", first.Cookie);
        var secondDone = await rig.GetAsync($"/mcp?state={second.State}&code=b", first.Cookie);
        var firstDone = await rig.GetAsync($"/mcp?state={first.State}&code=a", LoginRig.CookieOf(secondDone));

        Assert.Equal("/mcp/two", secondDone.Header("Location"));
        Assert.Equal("/mcp/one", firstDone.Header("Location"));
    }

    [Fact]
    public async Task Login_ProvesItselfWithPkce()
    {
        await using var rig = await LoginRig.StartAsync();
        var started = await rig.BeginAsync("/mcp");
        await rig.CompleteAsync(started);

        var query = HttpUtility.ParseQueryString(new Uri(started.Location).Query);
        var form = HttpUtility.ParseQueryString(rig.Provider.TokenRequests.Single().BodyText);
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form["code_verifier"]!));

        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.Equal(query["code_challenge"], System.Buffers.Text.Base64Url.EncodeToString(hash));
    }

    [Theory]
    [InlineData("//evil.example/x")]
    [InlineData("/\\evil.example/x")]
    [InlineData("/%5cevil.example")]
    [InlineData("/%2f%2fevil.example")]
    public async Task Return_AfterLogin_StaysOnThisHost(string target)
    {
        await using var rig = await LoginRig.StartAsync(pathFilter: null);
        var started = await rig.BeginAsync(target);
        var done = await rig.GetAsync($"/cb?state={started.State}&code=c", started.Cookie);

        var location = done.Header("Location")!;
        Assert.Equal(302, done.Status);
        Assert.StartsWith("/", location, StringComparison.Ordinal);
        Assert.False(location.StartsWith("//", StringComparison.Ordinal) || location.StartsWith("/\\", StringComparison.Ordinal), location);
    }

    [Theory]
    [InlineData("//mcp")]
    [InlineData("/x/../mcp")]
    [InlineData("/./mcp")]
    [InlineData("/%6dcp")]
    public async Task Filter_WrittenForAPath_CannotBeSlippedPast(string target)
    {
        await using var rig = await LoginRig.StartAsync();

        Assert.Equal(302, (await rig.GetAsync(target, null)).Status);
        Assert.DoesNotContain(rig.App.Requests, request => request.Path == "/mcp");
    }

    [Theory]
    [InlineData("httpPipeline", "/%256dcp")]
    [InlineData("httpPipeline", "/%25256dcp")]
    [InlineData("httpPipeline", "/x/%252e%252e/mcp")]
    [InlineData("httpPipeline", "/mcp/%252e%252e/other")]
    [InlineData("appHttpPipeline", "/v1.0/invoke/app/method/%256dcp")]
    [InlineData("appHttpPipeline", "/v1.0/invoke/app/method/mcp/%252e%252e/other")]
    public async Task Filter_WrittenForAPath_CannotBeSlippedPastByEncodingTwice(string pipeline, string target)
    {
        await using var rig = await LoginRig.StartAsync(pipeline);

        var answer = await rig.GetAsync(target, null);

        Assert.Equal((400, "ERR_PATH_AMBIGUOUS"), (answer.Status, (string?)JsonNode.Parse(answer.Text)!["errorCode"]));
        Assert.DoesNotContain(rig.App.Requests, request => request.Path != "/dapr/config");
    }

    [Fact]
    public async Task Path_EncodedTwice_ReachesTheAppAsItCame_WhereTheFilterIsSure()
    {
        await using var rig = await LoginRig.StartAsync();

        var answer = await rig.GetAsync("/other/a%252Fb", null);

        Assert.Equal(200, answer.Status);
        Assert.Contains(rig.App.Requests, request => request.Path == "/other/a%2Fb");
    }

    [Fact]
    [Trait("Category", "Timed")]
    public async Task Token_ThatExpires_IsRenewedOnceForAllCalls()
    {
        await using var rig = await LoginRig.StartAsync();
        rig.Provider.ExpiresIn = 1;
        rig.Provider.IssuesRefreshTokens = true;
        var cookie = await rig.ReturnAsync(await rig.BeginAsync("/mcp"));
        await rig.WaitUntilExpiredAsync();
        rig.Provider.ExpiresIn = 300;
        rig.Provider.Delay = TimeSpan.FromMilliseconds(200);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => rig.GetAsync("/mcp", cookie)));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.All(answers, answer => Assert.Contains("Bearer tok-2", answer.Text, StringComparison.Ordinal));
        Assert.Equal(2, rig.Provider.TokenRequests.Count());
        Assert.Contains("refresh_token=refresh-1", rig.Provider.TokenRequests.Last().BodyText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Timed")]
    public async Task Retry_AfterAWaitThatOutlastedTheToken_CarriesTheRenewedOne()
    {
        await using var rig = await LoginRig.StartAsync(resiliency: "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: r\nspec:\n  policies:\n    retries:\n      r: {duration: 1500ms, maxRetries: 1}\n  targets:\n    apps:\n      app: {retry: r}\n");
        rig.Provider.ExpiresIn = 1;
        rig.Provider.IssuesRefreshTokens = true;
        var cookie = await rig.ReturnAsync(await rig.BeginAsync("/mcp"));

        Assert.Equal(503, (await rig.GetAsync("/b/json-error/503", cookie)).Status);

        var tokens = rig.App.Requests.SelectMany(request => request.Headers.Values("Authorization")).ToArray();
        Assert.Equal(2, tokens.Length);
        Assert.NotEqual(tokens[0], tokens[1]);
    }

    [Fact]
    [Trait("Category", "Timed")]
    public async Task Token_ThatExpiredForGood_SendsAPageToTheLoginAndRefusesAProgram()
    {
        await using var rig = await LoginRig.StartAsync();
        rig.Provider.ExpiresIn = 1;
        var cookie = await rig.ReturnAsync(await rig.BeginAsync("/mcp"));
        await rig.WaitUntilExpiredAsync();

        var page = await rig.GetAsync("/mcp", cookie, ("Accept", "text/html"));
        Assert.Equal(302, page.Status);

        var other = await rig.ReturnAsync(await rig.BeginAsync("/mcp"));
        await rig.WaitUntilExpiredAsync();
        var program = await rig.PostAsync("/mcp", other);

        Assert.Equal(401, program.Status);
        Assert.Equal("Unauthorized", program.Text);
        Assert.Equal(302, (await rig.PostAsync("/mcp", other)).Status);
    }

    [Fact]
    public async Task Scope_ThatIsMissing_IsAskedForOnceAtTheProvider()
    {
        await using var rig = await LoginRig.StartAsync(scopeUpgrade: true);
        var person = await rig.SignInAsync("/mcp");

        var upgrade = await rig.PostAsync("/b/scope-error/tickets:admin", person.Cookie);
        var passed = await rig.PostAsync("/b/scope-error/tickets:admin", person.Cookie);

        Assert.Equal(200, (await rig.GetAsync("/mcp", person.Cookie)).Status);
        Assert.Equal(302, upgrade.Status);
        Assert.Contains("scope=openid+tickets%3Aadmin+tickets%3Aread", upgrade.Header("Location"), StringComparison.Ordinal);
        Assert.Equal(403, passed.Status);
    }

    [Fact]
    public async Task Log_OfALogin_HoldsNoSecretTokenCodeOrCookie()
    {
        await using var rig = await LoginRig.StartAsync(flags: ["--enable-api-logging", "--log-level", "debug"]);
        var person = await rig.SignInAsync("/mcp");
        await rig.GetAsync("/mcp", person.Cookie);
        rig.Provider.Behaviour = TokenBehaviour.InvalidScope;
        var started = await rig.BeginAsync("/mcp");
        await rig.GetAsync($"/mcp?state={started.State}&code=secret-code", started.Cookie);

        var log = rig.Sidecar.Output;
        Assert.Contains("HTTP API Called", log, StringComparison.Ordinal);
        foreach (var secret in new[] { "console-secret", person.Token, person.Cookie.Split('=')[1], started.State, "secret-code", started.Cookie.Split('=')[1] })
        {
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Login_InAppHttpPipeline_ReturnsToTheSidecar()
    {
        await using var rig = await LoginRig.StartAsync(pipeline: "appHttpPipeline", pathFilter: "^/audit");
        var started = await rig.BeginAsync("/audit/page?x=1");

        var done = await rig.GetAsync($"/v1.0/invoke/app/method/audit?state={started.State}&code=c", started.Cookie);

        Assert.Equal("/v1.0/invoke/app/method/audit/page?x=1", done.Header("Location"));
    }

    [Fact]
    public async Task Header_OfTheCaller_IsReplacedByTheSessionsToken()
    {
        await using var rig = await LoginRig.StartAsync();
        var person = await rig.SignInAsync("/mcp");

        var answer = await rig.GetAsync("/mcp", person.Cookie, ("Authorization", "Bearer forged"));

        Assert.DoesNotContain("forged", answer.Text, StringComparison.Ordinal);
        Assert.Contains(person.Token, answer.Text, StringComparison.Ordinal);
    }
}
