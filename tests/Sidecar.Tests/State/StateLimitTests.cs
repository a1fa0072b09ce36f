using System.Text;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.State;

/// <summary>What a caller can make the sidecar keep, and who may ask it to.</summary>
public sealed class StateLimitTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_ThatIsFull_SaysSo_KeepsWhatItHas_AndTakesAgainWhatFits()
    {
        await using var rig = await StateSidecar.StartAsync("{name: maxSize, value: 8Ki}");
        var large = $"[{{\"key\": \"a\", \"value\": \"{new string('x', 5000)}\"}}]";
        Assert.Equal(204, (await rig.SaveAsync(large)).Status);
        Assert.Equal(204, (await rig.SaveAsync(large)).Status); // takes the place of the first

        var refused = await rig.SaveAsync(large.Replace("\"a\"", "\"b\"", StringComparison.Ordinal));
        Assert.Equal(500, refused.Status);
        Assert.Contains("failed saving state in state store store: the store is full: with this change it would take 10", refused.Text, StringComparison.Ordinal);
        Assert.Contains("of 8192 bytes (maxSize of its component)", refused.Text, StringComparison.Ordinal);
        Assert.Equal((200, 204), ((await rig.GetAsync("a")).Status, (await rig.GetAsync("b")).Status));

        await rig.SendAsync("DELETE", "/v1.0/state/store/a");
        Assert.Equal(204, (await rig.SaveAsync(large.Replace("\"a\"", "\"b\"", StringComparison.Ordinal))).Status);
    }

    [Fact]
    public async Task Entries_WithoutAValue_TakeRoomToo()
    {
        await using var rig = await StateSidecar.StartAsync("{name: maxSize, value: 8Ki}");

        var answer = await rig.SaveAsync("[" + string.Join(',', Enumerable.Range(0, 100).Select(number => $"{{\"key\": \"{number}\"}}")) + "]");

        Assert.Equal(500, answer.Status);
        Assert.Contains("the store is full", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transaction_ThatDoesNotFit_ChangesNothing()
    {
        await using var rig = await StateSidecar.StartAsync("{name: maxSize, value: 8Ki}");
        await rig.SaveAsync("[{\"key\": \"old\", \"value\": 1}]");
        string Upsert(string key) => $"{{\"operation\": \"upsert\", \"request\": {{\"key\": \"{key}\", \"value\": \"{new string('x', 5000)}\"}}}}";

        var answer = await rig.SendAsync("POST", "/v1.0/state/store/transaction", $"{{\"operations\": [{{\"operation\": \"delete\", \"request\": {{\"key\": \"old\"}}}}, {Upsert("a")}, {Upsert("b")}]}}");

        Assert.Equal(500, answer.Status);
        Assert.Equal(("1", 204), ((await rig.GetAsync("old")).Text, (await rig.GetAsync("a")).Status));
    }

    [Fact]
    public async Task Key_ThatIsTooLong_IsRefused_AndNotRepeatedInFull()
    {
        await using var rig = await StateSidecar.StartAsync();
        var key = new string('k', 5000);

        var answer = await rig.SaveAsync($"[{{\"key\": \"{key}\", \"value\": 1}}]");

        Assert.Equal(400, answer.Status);
        Assert.Contains("a key has no more than 4096 characters", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(key, answer.Text, StringComparison.Ordinal);
        Assert.Equal(204, (await rig.SaveAsync($"[{{\"key\": \"{key[..4096]}\", \"value\": 1}}]")).Status);
    }

    [Fact]
    public async Task Body_ThatIsTooLarge_IsRefused()
    {
        await using var rig = await StateSidecar.StartAsync(flags: ["--max-body-size", "16Ki"]);

        var answer = await rig.SaveAsync($"[{{\"key\": \"k\", \"value\": \"{new string('x', 20_000)}\"}}]");

        Assert.Equal(400, answer.Status);
        Assert.Contains("stream too large", answer.Text, StringComparison.Ordinal);
        Assert.Equal(204, (await rig.GetAsync("k")).Status);
    }

    [Fact]
    public async Task Nesting_OfAnyDepth_DoesNotEndTheSidecar()
    {
        await using var rig = await StateSidecar.StartAsync();
        string Nested(int depth) => $"[{{\"key\": \"k\", \"value\": {new string('[', depth)}{new string(']', depth)}}}]";

        Assert.Equal(204, (await rig.SaveAsync(Nested(9_000))).Status);
        Assert.Equal(400, (await rig.SaveAsync(Nested(1_000_000))).Status);

        Assert.Equal(18_000, (await rig.GetAsync("k")).Body.Length);
        Assert.Equal(200, (await rig.SendAsync("POST", "/v1.0/state/store/bulk", "{\"keys\": [\"k\"]}")).Status);
    }

    [Fact]
    public async Task BulkGet_OfOneLargeValueManyTimes_IsWrittenAsItIsRead()
    {
        await using var rig = await StateSidecar.StartAsync();
        await rig.SaveAsync($"[{{\"key\": \"k\", \"value\": \"{new string('x', 1_000_000)}\"}}]");
        var body = "{\"keys\": [" + string.Join(',', Enumerable.Repeat("\"k\"", 1_000)) + "]}";
        using var memory = new ProcessMemory(rig.Process.Id);
        var request = Encoding.Latin1.GetBytes($"POST /v1.0/state/store/bulk HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var length = 0L;

        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, rig.Process.HttpPort, Stopping);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(request, Stopping);
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, Stopping) is > 0 and var read)
        {
            length += read;
            memory.Sample();
        }

        Assert.InRange(length, 1_000_000_000, 1_010_000_000);
        Assert.InRange(memory.ExtraBytes, 0, 100 * 1024 * 1024);
    }

    [Theory]
    [InlineData("  api: { denied: [{ name: state, version: v1.0, protocol: http }] }", 404, 500)]
    [InlineData("  api: { denied: [{ name: state, version: v1.0-alpha1, protocol: http }] }", 204, 404)]
    [InlineData("  api: { denied: [{ name: state }] }", 404, 404)]
    [InlineData("  api: { allowed: [{ name: metadata, version: v1.0, protocol: http }] }", 404, 404)]
    [InlineData("  api: { allowed: [{ name: state, version: v1, protocol: http }] }", 204, 404)]
    public async Task Api_ThatTheConfigurationCloses_IsUnknown(string spec, int state, int query)
    {
        await using var rig = await StateSidecar.StartAsync(spec: spec);

        Assert.Equal((state, query), ((await rig.GetAsync("k")).Status, (await rig.SendAsync("POST", "/v1.0-alpha1/state/store/query", "{}")).Status));
    }

    [Fact]
    public async Task Api_WithAToken_NeedsIt()
    {
        await using var rig = await StateSidecar.StartAsync(environment: new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "t" });

        Assert.Equal(401, (await rig.SaveAsync("[{\"key\": \"k\"}]")).Status);
        Assert.Equal(204, (await rig.SendAsync("GET", "/v1.0/state/store/k", headers: ("dapr-api-token", "t"))).Status);
    }

    [Theory]
    [InlineData("/v1.0/state/store/secret", 502)]
    [InlineData("/v1.0//state/store/secret", 502)]
    [InlineData("/v1.0/state/store/my%20secret", 502)]
    [InlineData("/v1.0/state/store/my+secret", 400)] // a filter reads a plus, the route a space
    [InlineData("/v1.0/state/store/x%2F..%2Fsecret", 502)]
    [InlineData("/v1.0/state/store/secret%2F..%2Fopen", 404)] // the filter sees /open: no route may see /secret/../open
    [InlineData("/v1.0/state/store/open", 204)]
    public async Task Key_BehindAFilterOfHttpPipeline_CannotBeSpelledPastIt(string path, int status)
    {
        await using var provider = new FakeProvider { Behaviour = TokenBehaviour.Broken };
        var login = StateSidecar.Component("login", "middleware.http.oauth2clientcredentials", $"{{name: clientID, value: c}}, {{name: clientSecret, value: s}}, {{name: scopes, value: a}}, {{name: tokenURL, value: '{provider.Issuer}/token'}}, {{name: headerName, value: x-token}}, {{name: pathFilter, value: '/(my )?secret$'}}");
        await using var rig = await StateSidecar.StartAsync(spec: "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2clientcredentials }] }", others: login);

        var answer = await rig.SendAsync("GET", path);

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("/v1.0/state/store", "[", "{\"key\":\"k\"}", "]")]
    [InlineData("/v1.0/state/store/bulk", "{\"keys\":[", "\"k\"", "]}")]
    [InlineData("/v1.0/state/store/transaction", "{\"operations\":[", "{}", "]}")]
    public async Task List_OfMoreThanAHundredThousand_IsRefused(string path, string start, string item, string end)
    {
        await using var rig = await StateSidecar.StartAsync();

        var answer = await rig.SendAsync("POST", path, $"{start}{string.Join(',', Enumerable.Repeat(item, 100_001))}{end}");

        Assert.Equal(400, answer.Status);
        Assert.Contains("a list has no more than 100000 items", answer.Text, StringComparison.Ordinal);
    }
}
