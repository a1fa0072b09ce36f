using System.Globalization;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.State;

/// <summary>An app keeps state through the HTTP API as with daprd (dapr pkg/api/http/http.go, components-contrib state/in-memory).</summary>
public sealed class StateApiTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData("{ \"b\" : [1, 2.50, true, null], \"a\": {} }", "{\"b\":[1,2.50,true,null],\"a\":{}}")]
    [InlineData("\"<a> & \\u2028 \\/ ä\"", "\"\\u003ca\\u003e \\u0026 \\u2028 / ä\"")]
    [InlineData("12345678901234567890", "12345678901234567890")]
    [InlineData("null", "null")]
    public async Task Value_Saved_IsAnsweredAsDaprKeepsIt(string value, string kept)
    {
        await using var rig = await StateSidecar.StartAsync();

        var saved = await rig.SaveAsync($"[{{\"key\": \"k\", \"value\": {value}}}]");
        var read = await rig.GetAsync("k");

        Assert.Equal((204, 0), (saved.Status, saved.Body.Length));
        Assert.Equal((200, kept, "application/json"), (read.Status, read.Text, read.Header("Content-Type")));
        Assert.True(Guid.TryParse(read.Header("ETag"), out _));
    }

    [Fact]
    public async Task Value_ThatIsNotThere_IsNoContent_AndDeletedWithoutAnError()
    {
        await using var rig = await StateSidecar.StartAsync();

        var read = await rig.GetAsync("nothing");

        Assert.Equal((204, 0), (read.Status, read.Body.Length));
        Assert.Null(read.Header("ETag"));
        Assert.Equal(204, (await rig.SendAsync("DELETE", "/v1.0/state/store/nothing")).Status);
    }

    [Fact]
    public async Task Value_Deleted_IsGone()
    {
        await using var rig = await StateSidecar.StartAsync();
        await rig.SendAsync("PUT", "/v1.0/state/store", "[{\"key\": \"k\"}]");
        Assert.Equal("null", (await rig.GetAsync("k")).Text);

        Assert.Equal(204, (await rig.SendAsync("DELETE", "/v1.0/state/store/k")).Status);

        Assert.Equal(204, (await rig.GetAsync("k")).Status);
    }

    [Theory]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a b", "a+b")]
    [InlineData("a+b", "a%2Bb")]
    [InlineData("/a//", "%2Fa%2F%2F")]
    [InlineData("ä%", "%C3%A4%25")]
    [InlineData("bulk", "bulk")]
    public async Task Key_OfAnyText_IsReadAsItWasWritten(string key, string inPath)
    {
        await using var rig = await StateSidecar.StartAsync();

        await rig.SaveAsync(new JsonArray(new JsonObject { ["key"] = key, ["value"] = "v" }).ToJsonString());

        Assert.Equal("\"v\"", (await rig.GetAsync(inPath)).Text);
        Assert.Equal(204, (await rig.SendAsync("DELETE", "/v1.0/state/store/" + inPath)).Status);
        Assert.Equal(204, (await rig.GetAsync(inPath)).Status);
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("{}", "json: cannot unmarshal object into Go value of type []state.SetRequest")]
    [InlineData("foobar", "invalid JSON in line 1")]
    [InlineData("[{}]", "\\\"key\\\" is a required field")]
    [InlineData("[{\"key\": \"k\", \"value\": 1},]", "invalid JSON in line 1")]
    [InlineData("[{\"key\": \"k\", \"etag\": 1}]", "json: cannot unmarshal number into Go struct field SetRequest.etag of type string")]
    [InlineData("[{\"key\": \"k\", \"metadata\": {\"ttlInSeconds\": 1}}]", "json: cannot unmarshal number into Go struct field SetRequest.metadata of type string")]
    public async Task Save_OfWhatIsNoRequest_IsRefused(string body, string message)
    {
        await using var rig = await StateSidecar.StartAsync();

        var answer = await rig.SaveAsync(body);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith($"{{\"errorCode\":\"ERR_MALFORMED_REQUEST\",\"message\":\"{message}", answer.Text, StringComparison.Ordinal);
        Assert.Equal(204, (await rig.GetAsync("k")).Status);
    }

    [Fact]
    public async Task Store_ThatIsNotThere_IsNamed_WithTheDetailsOfDapr()
    {
        await using var rig = await StateSidecar.StartAsync();

        var answer = await rig.SendAsync("GET", "/v1.0/state/other/k");

        Assert.Equal(400, answer.Status);
        Assert.Equal("""{"errorCode":"ERR_STATE_STORE_NOT_FOUND","message":"state store other is not found","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{"appID":"app"},"reason":"DAPR_STATE_NOT_FOUND"}]}""", answer.Text);
    }

    [Fact]
    public async Task Stores_WhenThereAreNone_AreNotConfigured()
    {
        await using var rig = await StateSidecar.StartAsync(hasStore: false);

        var answer = await rig.SendAsync("POST", "/v1.0/state/store", "");

        Assert.Equal(500, answer.Status);
        Assert.Contains("\"errorCode\":\"ERR_STATE_STORE_NOT_CONFIGURED\",\"message\":\"state store store is not configured\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"DAPR_STATE_NOT_CONFIGURED\"", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1.0/state/store/a%7C%7Cb", null)]
    [InlineData("DELETE", "/v1.0/state/store/a%7C%7Cb", null)]
    [InlineData("POST", "/v1.0/state/store", "[{\"key\": \"good\"}, {\"key\": \"a||b\"}]")]
    [InlineData("POST", "/v1.0/state/store/bulk", "{\"keys\": [\"a||b\"]}")]
    [InlineData("POST", "/v1.0/state/store/transaction", "{\"operations\": [{\"operation\": \"upsert\", \"request\": {\"key\": \"good\"}}, {\"operation\": \"delete\", \"request\": {\"key\": \"a||b\"}}]}")]
    public async Task Key_WithTheSeparatorOfPrefixes_IsRefusedOnEveryWay(string verb, string path, string? body)
    {
        await using var rig = await StateSidecar.StartAsync();

        var answer = await rig.SendAsync(verb, path, body);

        Assert.Equal(400, answer.Status);
        const string Message = "api error: code = InvalidArgument desc = input key/keyPrefix 'a||b' can't contain '||'";
        Assert.Equal(
            $$$"""{"errorCode":"ERR_MALFORMED_REQUEST","message":"{{{Message}}}","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","field_violations":[{"field":"a||b","description":"{{{Message}}}"}]},{"@type":"type.googleapis.com/google.rpc.ResourceInfo","description":"","owner":"","resource_name":"store","resource_type":"state"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":null,"reason":"DAPR_STATE_ILLEGAL_KEY"}]}""",
            answer.Text);
        Assert.Equal(204, (await rig.GetAsync("good")).Status);
    }

    [Fact]
    public async Task Write_WithAnETag_NeedsTheCurrentOne()
    {
        await using var rig = await StateSidecar.StartAsync();
        await rig.SaveAsync("[{\"key\": \"k\", \"value\": 1}]");
        var tag = (await rig.GetAsync("k")).Header("ETag");

        var stale = await rig.SaveAsync("[{\"key\": \"k\", \"value\": 2, \"etag\": \"x\"}]");
        Assert.Equal(409, stale.Status);
        Assert.Equal($"{{\"errorCode\":\"ERR_STATE_SAVE\",\"message\":\"failed saving state in state store store: possible etag mismatch. error from state store: state etag not match for key=app||k: current={tag}, expect=x\"}}", stale.Text);
        Assert.Equal(409, (await rig.SendAsync("DELETE", "/v1.0/state/store/k", headers: ("If-Match", "x"))).Status);
        Assert.Equal(409, (await rig.SaveAsync("[{\"key\": \"new\", \"value\": 2, \"etag\": \"x\"}]")).Status);
        Assert.Equal("1", (await rig.GetAsync("k")).Text);

        Assert.Equal(204, (await rig.SaveAsync($"[{{\"key\": \"k\", \"value\": 3, \"etag\": \"{tag}\"}}]")).Status);
        var next = (await rig.GetAsync("k")).Header("ETag")!;
        Assert.NotEqual(tag, next);
        Assert.Equal(204, (await rig.SendAsync("DELETE", "/v1.0/state/store/k", headers: ("If-Match", next))).Status);
    }

    [Theory]
    [InlineData("first-write", 409, "1")]
    [InlineData("last-write", 204, "2")]
    [InlineData("never-write", 500, "1")]
    public async Task Write_WithoutAnETag_GoesByItsConcurrency(string concurrency, int status, string kept)
    {
        await using var rig = await StateSidecar.StartAsync();
        var options = $"\"options\": {{\"concurrency\": \"{concurrency}\", \"consistency\": \"strong\"}}";
        Assert.Equal(204, (await rig.SaveAsync("[{\"key\": \"k\", \"value\": 1, \"options\": {\"concurrency\": \"first-write\"}}]")).Status);

        Assert.Equal(status, (await rig.SaveAsync($"[{{\"key\": \"k\", \"value\": 2, {options}}}]")).Status);

        Assert.Equal(kept, (await rig.GetAsync("k")).Text);
        Assert.Equal(status, (await rig.SendAsync("DELETE", $"/v1.0/state/store/k?concurrency={concurrency}")).Status);
    }

    [Fact]
    public async Task Writes_AtOnceWithOneETag_ExactlyOneWins()
    {
        await using var rig = await StateSidecar.StartAsync();
        await rig.SaveAsync("[{\"key\": \"k\", \"value\": -1}]");
        for (var round = 0; round < 5; round++)
        {
            var tag = (await rig.GetAsync("k")).Header("ETag");

            var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(async writer => (Writer: writer, (await rig.SaveAsync($"[{{\"key\": \"k\", \"value\": {writer}, \"etag\": \"{tag}\"}}]")).Status)));

            var winner = Assert.Single(answers, answer => answer.Status == 204);
            Assert.All(answers.Except([winner]), answer => Assert.Equal(409, answer.Status));
            Assert.Equal(winner.Writer.ToString(CultureInfo.InvariantCulture), (await rig.GetAsync("k")).Text);
        }
    }

    [Fact]
    public async Task Save_OfSeveral_KeepsThoseThatAreNotRefused()
    {
        await using var rig = await StateSidecar.StartAsync();

        var answer = await rig.SaveAsync("[{\"key\": \"a\", \"value\": 1}, {\"key\": \"b\", \"value\": 2, \"etag\": \"x\"}, {\"key\": \"c\", \"value\": 3, \"etag\": \"y\"}]");

        Assert.Equal(409, answer.Status);
        Assert.Contains("possible etag mismatch. error from state store: possible etag mismatch. error from state store: state not exist or expired for key=app||b\\npossible etag", answer.Text, StringComparison.Ordinal);
        Assert.Equal("1", (await rig.GetAsync("a")).Text);
        Assert.Equal(204, (await rig.GetAsync("b")).Status);
    }

    [Fact]
    public async Task Transaction_IsDoneAsAWholeOrNotAtAll()
    {
        await using var rig = await StateSidecar.StartAsync();
        await rig.SaveAsync("[{\"key\": \"old\", \"value\": 1}]");
        const string Path = "/v1.0/state/store/transaction";
        const string Upsert = "{\"operation\": \"upsert\", \"request\": {\"key\": \"new\", \"value\": {\"a\": \"<\"}}}";
        const string Delete = "{\"operation\": \"delete\", \"request\": {\"key\": \"old\"}}";

        var refused = await rig.SendAsync("POST", Path, $"{{\"operations\": [{Upsert}, {Delete}, {{\"operation\": \"delete\", \"request\": {{\"key\": \"none\", \"etag\": \"x\"}}}}]}}");
        Assert.Equal(500, refused.Status);
        Assert.Equal("{\"errorCode\":\"ERR_STATE_TRANSACTION\",\"message\":\"error while executing state transaction: possible etag mismatch. error from state store: state not exist or expired for key=app||none\"}", refused.Text);
        Assert.Equal(("1", 204), ((await rig.GetAsync("old")).Text, (await rig.GetAsync("new")).Status));

        Assert.Equal(204, (await rig.SendAsync("POST", Path, $"{{\"operations\": [{Upsert}, {Delete}], \"metadata\": {{\"a\": \"b\"}}}}")).Status);
        Assert.Equal(("{\"a\":\"\\u003c\"}", 204), ((await rig.GetAsync("new")).Text, (await rig.GetAsync("old")).Status));
    }

    [Theory]
    [InlineData("{\"operations\": [{\"operation\": \"get\", \"request\": {\"key\": \"k\"}}]}", "ERR_NOT_SUPPORTED_STATE_OPERATION", "operation type get not supported")]
    [InlineData("{\"operations\": 1}", "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: json: cannot unmarshal number")]
    [InlineData("[", "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: ")]
    public async Task Transaction_ThatIsNone_IsRefused(string body, string code, string message)
    {
        await using var rig = await StateSidecar.StartAsync();

        var answer = await rig.SendAsync("POST", "/v1.0/state/store/transaction", body);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith($"{{\"errorCode\":\"{code}\",\"message\":\"{message}", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transaction_WithoutOperations_IsNoContent()
    {
        await using var rig = await StateSidecar.StartAsync();

        Assert.Equal(204, (await rig.SendAsync("POST", "/v1.0/state/store/transaction", "{}")).Status);
    }

    [Fact]
    public async Task BulkGet_AnswersInTheOrderThatWasAskedFor()
    {
        await using var rig = await StateSidecar.StartAsync();
        await rig.SaveAsync("[{\"key\": \"a\", \"value\": {\"x\": \"<\"}}, {\"key\": \"b\", \"value\": \"v\", \"metadata\": {\"ttlInSeconds\": \"1000\"}}]");
        var (a, b) = (await rig.GetAsync("a"), await rig.GetAsync("b"));

        var answer = await rig.SendAsync("POST", "/v1.0/state/store/bulk", "{\"keys\": [\"b\", \"none\", \"a\"], \"parallelism\": 2}");

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal($"[{{\"key\":\"b\",\"data\":\"v\",\"etag\":\"{b.Header("ETag")}\",\"metadata\":{{\"ttlExpireTime\":\"{b.Header("metadata.ttlExpireTime")}\"}}}},{{\"key\":\"none\"}},{{\"key\":\"a\",\"data\":{{\"x\":\"\\u003c\"}},\"etag\":\"{a.Header("ETag")}\"}}]\n", answer.Text);
        Assert.Equal("[]\n", (await rig.SendAsync("POST", "/v1.0/state/store/bulk", "{}")).Text);
        Assert.Equal(400, (await rig.SendAsync("POST", "/v1.0/state/store/bulk", "{\"keys\": \"a\"}")).Status);
    }

    [Fact]
    public async Task TimeToLive_IsAnsweredAsTheTimeOfItsEnd_AndTheQueryWins()
    {
        await using var rig = await StateSidecar.StartAsync();
        var before = DateTimeOffset.UtcNow;

        await rig.SaveAsync("[{\"key\": \"k\", \"metadata\": {\"ttlInSeconds\": \"1\"}}, {\"key\": \"l\"}]", "?metadata.ttlInSeconds=600");
        await rig.SaveAsync("[{\"key\": \"for-ever\", \"metadata\": {\"ttlInSeconds\": \"-1\"}}]");

        foreach (var key in new[] { "k", "l" })
        {
            var ends = DateTimeOffset.Parse((await rig.GetAsync(key)).Header("metadata.ttlExpireTime")!, CultureInfo.InvariantCulture);
            Assert.InRange(ends, before.AddSeconds(599), DateTimeOffset.UtcNow.AddSeconds(600));
        }

        Assert.Null((await rig.GetAsync("for-ever")).Header("metadata.ttlExpireTime"));
        Assert.Contains("strconv.Atoi: parsing \\\"soon\\\": invalid syntax", (await rig.SaveAsync("[{\"key\": \"k\", \"metadata\": {\"ttlInSeconds\": \"soon\"}}]")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_IsNotSupported()
    {
        await using var rig = await StateSidecar.StartAsync();

        var answer = await rig.SendAsync("POST", "/v1.0-alpha1/state/store/query", "{\"filter\": {\"EQ\": {\"state\": \"CA\"}}}");

        Assert.Equal(500, answer.Status);
        Assert.Equal("""{"errorCode":"ERR_STATE_STORE_NOT_SUPPORTED","message":"state store does not support querying","details":[{"@type":"type.googleapis.com/google.rpc.ResourceInfo","description":"","owner":"","resource_name":"store","resource_type":"state"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":null,"reason":"DAPR_STATE_QUERYING_NOT_SUPPORTED"}]}""", answer.Text);
        Assert.Equal(400, (await rig.SendAsync("POST", "/v1.0-alpha1/state/other/query", "{}")).Status);
    }

    [Theory]
    [InlineData("HEAD", "/v1.0/state/store/k")]
    [InlineData("PATCH", "/v1.0/state/store")]
    [InlineData("GET", "/v1.0/state/store")]
    [InlineData("POST", "/v1.0/state/store/k")]
    [InlineData("GET", "/v1.0/state/store/k/l")]
    [InlineData("GET", "/v1.0-alpha1/state/store/query")]
    public async Task Route_ThatIsNone_IsAnInvocationWithoutAnAppId(string verb, string path)
    {
        await using var rig = await StateSidecar.StartAsync();

        Assert.Equal(404, (await rig.SendAsync(verb, path)).Status);
    }

    [Fact]
    public async Task Metadata_NamesTheStoreWithItsCapabilities()
    {
        await using var rig = await StateSidecar.StartAsync();

        var components = JsonNode.Parse((await rig.SendAsync("GET", "/v1.0/metadata")).Text)!["components"]!.ToJsonString();

        Assert.Equal("""[{"name":"store","type":"state.in-memory","version":"v1","capabilities":["ETAG","TRANSACTIONAL","TTL","DELETE_WITH_PREFIX","KEYS_LIKE","ACTOR"]}]""", components);
    }

    [Fact]
    public async Task Metrics_CountWhatTheStoreWasAsked()
    {
        await using var rig = await StateSidecar.StartAsync(spec: "  metrics: { recordErrorCodes: true }");
        await rig.SaveAsync("[{\"key\": \"k\"}]");
        await rig.SaveAsync("[{\"key\": \"k\", \"etag\": \"x\"}]");
        await rig.GetAsync("k");
        await rig.GetAsync("a%7C%7Cb");

        var text = (await RawClient.GetAsync(rig.Process.MetricsPort, "/", Stopping)).Text;

        Assert.Contains("dapr_component_state_count{app_id=\"app\",component=\"store\",namespace=\"default\",operation=\"set\",success=\"true\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("dapr_component_state_count{app_id=\"app\",component=\"store\",namespace=\"default\",operation=\"set\",success=\"false\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("dapr_component_state_latencies_count{app_id=\"app\",component=\"store\",namespace=\"default\",operation=\"get\",success=\"true\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("dapr_error_code_total{app_id=\"app\",category=\"state\",error_code=\"ERR_MALFORMED_REQUEST\"} 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encryption_KeepsTheTextOfAString_AsDaprDoes()
    {
        const string Secrets = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: store\nspec:\n  type: state.in-memory\n  version: v1\n  metadata: [{name: primaryEncryptionKey, secretKeyRef: {name: STORE_KEY}}]\nauth: {secretStore: env}\n---\n";
        await using var rig = await StateSidecar.StartAsync(hasStore: false, others: Secrets + StateSidecar.Component("env", "secretstores.local.env"), environment: new Dictionary<string, string> { ["STORE_KEY"] = "000102030405060708090a0b0c0d0e0f" });

        await rig.SaveAsync("[{\"key\": \"k\", \"value\": \"text\"}, {\"key\": \"l\", \"value\": {\"a\": 1}}]");

        Assert.Equal(("text", "{\"a\":1}"), ((await rig.GetAsync("k")).Text, (await rig.GetAsync("l")).Text));
        Assert.Contains("{\"key\":\"k\",\"error\":", (await rig.SendAsync("POST", "/v1.0/state/store/bulk", "{\"keys\": [\"k\"]}")).Text, StringComparison.Ordinal);
    }
}
