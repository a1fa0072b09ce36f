using System.Globalization;
using System.Text.Json.Nodes;
using System.Web;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>
/// People with a session and programs with a token of their own share connections to one sidecar: every answer is the
/// caller's, and every call reaches the app with its caller's token. daprd mixed up 3 of 30,000 event streams.
/// </summary>
public sealed class ConcurrencyTests
{
    private const int Connections = 64;
    private const int People = 12;
    private const int Programs = 12;

    private static readonly TimeSpan _time = LongRun.Or(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(3));

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("*/*")]
    [InlineData("text/event-stream")]
    [InlineData("application/json, text/event-stream")]
    public async Task Answers_OfManyCallersAtOnce_AreTheirOwn(string accept)
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        provider.TokenText = number => TokenOf(provider, $"person-{number}");
        using var folder = new TemporaryFolder();
        ProtectedResources.WriteLogin(folder, provider, "^/(mcp|b)");
        ProtectedResources.WriteBearer(folder, provider);
        ProtectedResources.WriteConfiguration(folder, ("httpPipeline", ProtectedResources.Login), ("appHttpPipeline", ProtectedResources.Bearer));
        await using var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")],
            Stopping);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("signing key(s)", StringComparison.Ordinal), "the keys are loaded", Stopping);
        var callers = new List<Caller>();
        for (var person = 0; person < People; person++)
        {
            callers.Add(await SignInAsync(sidecar));
        }

        callers.AddRange(Enumerable.Range(0, Programs).Select(number => Program(TokenOf(provider, $"program-{number}"))));
        Assert.Equal(People + Programs, callers.Select(caller => caller.Token).Distinct().Count());

        var calls = await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => CallAsync(sidecar, callers, number, accept, app)));

        TestContext.Current.TestOutputHelper?.WriteLine($"{calls.Sum()} calls on {Connections} connections, Accept {accept}: none mixed up");
        Assert.All(calls, count => Assert.True(count > 0, "every connection was served"));
    }

    /// <summary>Calls for another caller each time, on one connection, and checks every answer.</summary>
    private static async Task<int> CallAsync(SidecarProcess sidecar, List<Caller> callers, int number, string accept, EchoApp app)
    {
        using var connection = new KeepAliveClient(sidecar.HttpPort);
        var random = new Random(number);
        var end = DateTimeOffset.UtcNow + _time;
        var call = 0;
        while (DateTimeOffset.UtcNow < end || call == 0)
        {
            var caller = callers[random.Next(callers.Count)];
            var own = $"own-{number}-{call++}-";
            var isEvents = random.Next(2) == 0;
            var target = caller.Prefix + (isEvents ? $"/b/sse?n=2&who=1&data={own}" : $"/mcp/{own}");

            var answer = await connection.GetAsync(target, Stopping, [.. caller.Headers, ("Accept", accept)]);

            Assert.True(answer is { Status: 200, Complete: true }, $"{target}: {answer.Status} {answer.Text}");
            Assert.Equal(isEvents ? $"event: message\nid: 0\ndata: {own} Bearer {caller.Token}\n\nevent: message\nid: 1\ndata: {own} Bearer {caller.Token}\n\n" : $"/mcp/{own} Bearer {caller.Token}", isEvents ? answer.Text : Echoed(answer));
            if (app.Requests.Count > 10_000)
            {
                app.TakeRequests();
            }
        }

        return call;
    }

    /// <summary>The path, and every token, that the app got.</summary>
    private static string Echoed(RawResponse answer)
    {
        var echo = JsonNode.Parse(answer.Text)!;
        var tokens = echo["headers"]!.AsArray().Where(header => ((string)header![0]!).Equals("authorization", StringComparison.OrdinalIgnoreCase)).Select(header => (string)header![1]!);
        return $"{echo["path"]} {string.Join('|', tokens)}";
    }

    private static async Task<Caller> SignInAsync(SidecarProcess sidecar)
    {
        (string, string) app = ("dapr-app-id", "app");
        var begun = await RawClient.GetAsync(sidecar.HttpPort, "/mcp", Stopping, app);
        var state = HttpUtility.ParseQueryString(new Uri(begun.Header("Location")!).Query)["state"];
        var done = await RawClient.GetAsync(sidecar.HttpPort, $"/mcp?state={state}&code=c", Stopping, app, ("Cookie", LoginRig.CookieOf(begun)));
        var cookie = LoginRig.CookieOf(done);
        var echo = await RawClient.GetAsync(sidecar.HttpPort, "/mcp/whoami", Stopping, app, ("Cookie", cookie));
        return new Caller(Echoed(echo)["/mcp/whoami Bearer ".Length..], string.Empty, [app, ("Cookie", cookie)]);
    }

    /// <summary>The login's filter does not cover this way to the app; the bearer covers every way.</summary>
    private static Caller Program(string token) => new(token, "/v1.0/invoke/app/method", [("Authorization", "Bearer " + token)]);

    private static string TokenOf(FakeProvider provider, string subject) => provider.Key.Sign(provider.Claims(claims => claims["sub"] = subject));

    private sealed record Caller(string Token, string Prefix, IReadOnlyList<(string Name, string Value)> Headers);
}
