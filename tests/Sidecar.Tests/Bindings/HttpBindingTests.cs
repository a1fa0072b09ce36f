using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Bindings;

/// <summary><c>bindings.http</c>: what it sends, what it answers, and where it does not go.</summary>
public sealed class HttpBindingTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_SendsDataPathAndHeaders_AndAnswersWithMetadata()
    {
        await using var app = new FeedApp();
        app.Answer("/base/more", 201, "done");
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(
            app, folder, BindingRig.Component("out", "http", ("url", $"http://127.0.0.1:{app.Port}/base/"), ("securityTokenHeader", "X-Token"), ("securityToken", "t0p")), Stopping);

        var answer = await BindingRig.InvokeAsync(sidecar, "out", """{"operation":"post","data":{"a":[1, 2]},"metadata":{"path":"/more","X-Mine":"yes","X-Token":"forged","lower":"no"}}""", Stopping);
        var request = await app.FirstAsync("/base/more", Stopping);

        Assert.Equal((200, "done", "201"), (answer.Status, answer.Text, answer.Header("metadata.statusCode")));
        Assert.Equal("""{"a":[1, 2]}""", request.BodyText);
        Assert.Equal(
            ("POST", "application/json; charset=utf-8", "yes", "t0p"),
            (request.Verb, request.Headers.Value("Content-Type"), request.Headers.Value("X-Mine"), string.Join('|', request.Headers.Values("X-Token"))));
        Assert.Null(request.Headers.Value("lower"));
        Assert.StartsWith("00-", request.Headers.Value("traceparent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_CarriesTraceAndBaggageOfTheCaller()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("out", "http", ("url", $"http://127.0.0.1:{app.Port}/base")), Stopping);

        await BindingRig.InvokeAsync(sidecar, "out", """{"operation":"get"}""", Stopping, ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("baggage", "key1=value1,key2=value2"));
        var request = await app.FirstAsync("/base", Stopping);

        Assert.Contains("4bf92f3577b34da6a3ce929d0e0e4736", request.Headers.Value("traceparent"), StringComparison.Ordinal);
        Assert.Equal("key1=value1,key2=value2", request.Headers.Value("baggage"));
    }

    [Theory]
    [InlineData("out", """{"operation":"get","metadata":{"path":"missing"}}""", 500, "error invoking output binding out: received status code 404")]
    [InlineData("out", """{"operation":"fly"}""", 500, "error invoking output binding out: binding out does not support operation fly. supported operations:create get head post put patch delete options trace")]
    [InlineData("out", "{}", 500, "error invoking output binding out: operation field is missing from request")]
    [InlineData("none", """{"operation":"get"}""", 500, "error invoking output binding none: couldn't find output binding none")]
    [InlineData("out", "", 400, "failed deserializing HTTP body: EOF")]
    [InlineData("out", """{"operation":"get","metadata":{"path":"a/../../b"}}""", 500, "error invoking output binding out: the path leads out of the url of the component")]
    [InlineData("out", """{"operation":"get","metadata":{"path":"a/%2e%2e/%2e%2e/b"}}""", 500, "error invoking output binding out: the path leads out of the url of the component")]
    [InlineData("out", """{"operation":"get","metadata":{"path":".. "}}""", 500, "error invoking output binding out: the path leads out of the url of the component")]
    [InlineData("out", """{"operation":"get","metadata":{"path":"..\t"}}""", 500, "error invoking output binding out: the path leads out of the url of the component")]
    [InlineData("out", """{"operation":"get","metadata":{"path":"..%5cb"}}""", 500, "error invoking output binding out: the path leads out of the url of the component")]
    public async Task CallThatFails_IsAnsweredInDaprsWords(string name, string body, int status, string message)
    {
        await using var app = new FeedApp();
        app.Answer("/base/missing", 404, "gone");
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("out", "http", ("url", $"http://127.0.0.1:{app.Port}/base")), Stopping);

        var answer = await BindingRig.InvokeAsync(sidecar, name, body, Stopping);

        Assert.Equal(status, answer.Status);
        Assert.Contains($"\"message\":\"{message}\"", answer.Text, StringComparison.Ordinal);
        Assert.Equal(message.EndsWith("404", StringComparison.Ordinal) ? "404" : null, answer.Header("metadata.statusCode"));
        Assert.Empty(app.At("/b"));
        Assert.Empty(app.At("/"));
    }

    [Fact]
    public async Task ErrorIfNot2XX_CanBeTurnedOff_ByTheCall()
    {
        await using var app = new FeedApp();
        app.Answer("/base", 418, "tea");
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("out", "http", ("url", $"http://127.0.0.1:{app.Port}/base")), Stopping);

        var answer = await BindingRig.InvokeAsync(sidecar, "out", """{"operation":"get","metadata":{"errorIfNot2XX":"false"}}""", Stopping);

        Assert.Equal((200, "tea", "418"), (answer.Status, answer.Text, answer.Header("metadata.statusCode")));
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        await using var elsewhere = new FeedApp();
        await using var app = new EchoApp();
        await using var own = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(
            own, folder, BindingRig.Component("out", "http", ("url", $"http://127.0.0.1:{app.Port}/b/redirect?to=http://127.0.0.1:{elsewhere.Port}/stolen"), ("securityTokenHeader", "Authorization"), ("securityToken", "Bearer t0p")), Stopping);

        var answer = await BindingRig.InvokeAsync(sidecar, "out", """{"operation":"get"}""", Stopping);

        Assert.Equal((500, "302"), (answer.Status, answer.Header("metadata.statusCode")));
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task AnswerThatIsTooLong_IsAnError()
    {
        await using var app = new FeedApp();
        app.Answer("/base", 200, new string('x', 5000));
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("out", "http", ("url", $"http://127.0.0.1:{app.Port}/base"), ("maxResponseBodySize", "4Ki")), Stopping);

        var answer = await BindingRig.InvokeAsync(sidecar, "out", """{"operation":"get"}""", Stopping);

        Assert.Equal(500, answer.Status);
        Assert.Contains("longer than 4096 bytes", answer.Text, StringComparison.Ordinal);
    }
}
