using System.Text;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.State;

/// <summary>Broken requests to the state routes: an error or a normal answer, never a crash or a hang, and no value of another store.</summary>
public sealed class StateFuzzTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_MutatedAnyhow_DoesNotEndTheSidecar_OrTouchAnotherStore()
    {
        await using var rig = await StateSidecar.StartAsync("{name: maxSize, value: 1Mi}", others: StateSidecar.Component("untouched-by-anyone", "state.in-memory"));
        Assert.Equal(204, (await rig.SendAsync("POST", "/v1.0/state/untouched-by-anyone", "[{\"key\": \"k\", \"value\": \"mine\"}]")).Status);
        var random = new Random(20261128);
        (string Head, string Body)[] seeds =
        [
            ("GET /v1.0/state/store/k%2Fl+m?consistency=strong HTTP/1.1\r\nHost: localhost\r\n", string.Empty),
            ("DELETE /v1.0/state/store/k?concurrency=first-write HTTP/1.1\r\nHost: localhost\r\nIf-Match: x\r\n", string.Empty),
            ("POST /v1.0/state/store?metadata.ttlInSeconds=5 HTTP/1.1\r\nHost: localhost\r\n", "[{\"key\": \"k\", \"value\": {\"a\": [1, \"\\u00e4\\ud83d\\ude00<\", null]}, \"etag\": \"x\", \"options\": {\"concurrency\": \"first-write\"}}, {\"key\": \"l\", \"metadata\": {\"ttlInSeconds\": \"7\"}}]"),
            ("PUT /v1.0/state/store/bulk HTTP/1.1\r\nHost: localhost\r\n", "{\"keys\": [\"k\", \"l\"], \"parallelism\": 3, \"metadata\": {\"a\": \"b\"}}"),
            ("POST /v1.0/state/store/transaction HTTP/1.1\r\nHost: localhost\r\n", "{\"operations\": [{\"operation\": \"upsert\", \"request\": {\"key\": \"k\", \"value\": \"\\\\\\\"\"}}, {\"operation\": \"delete\", \"request\": {\"key\": \"l\"}}], \"metadata\": {\"a\": \"b\"}}"),
            ("POST /v1.0-alpha1/state/store/query HTTP/1.1\r\nHost: localhost\r\n", "{\"filter\": {}}"),
        ];

        for (var round = 0; round < LongRun.Or(10_000, 900); round++)
        {
            var (head, body) = seeds[round % seeds.Length];
            var isBody = body.Length > 0 && random.Next(3) > 0;
            var bytes = Encoding.Latin1.GetBytes(isBody ? Mutate(body, random) : body);
            await Broken.SendAsync(rig.Process.HttpPort, [.. Encoding.Latin1.GetBytes($"{(isBody ? head : Mutate(head, random))}Content-Length: {bytes.Length}\r\n\r\n"), .. bytes], Stopping);
        }

        Assert.False(rig.Process.HasExited);
        Assert.DoesNotContain("level=error", rig.Process.Output, StringComparison.Ordinal);
        Assert.Equal("\"mine\"", (await rig.SendAsync("GET", "/v1.0/state/untouched-by-anyone/k")).Text);
        Assert.Equal(204, (await rig.SaveAsync("[{\"key\": \"k\", \"value\": 1}]")).Status);
        Assert.Equal("1", (await rig.GetAsync("k")).Text);
    }

    private static string Mutate(string text, Random random)
        => Broken.Mutate(text, random, "\\:{[&*%\r\n\"'/|", (builder, at) => builder.Insert(at, random.Next(2) == 0 ? "\\ud800" : "||"));
}
