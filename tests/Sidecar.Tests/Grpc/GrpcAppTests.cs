using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Rig;
using static McpAspire.Sidecar.Tests.Rig.DaprClient;

namespace McpAspire.Sidecar.Tests.Grpc;

/// <summary>An app of <c>--app-protocol grpc</c> is called as one that speaks HTTP is, by callers of both kinds, through one sidecar or two.</summary>
public sealed class GrpcAppTests
{
    /// <summary>Where one sidecar looks for another: those of other tests run beside them.</summary>
    private readonly string _id = $"app-{Guid.NewGuid():N}";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HttpCall_BecomesOnInvoke_AndItsAnswerAnHttpAnswer()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app, environment: new Dictionary<string, string> { ["APP_API_TOKEN"] = "for-the-app" });

        var answer = await RawClient.SendAsync(
            sidecar.HttpPort, "PUT", "/v1.0/invoke/app/method/a/b%20c/%C3%BC?q=%2F", "hello", Stopping, ("Content-Type", "text/x-thing"), ("X-Mine", "1"), ("Cookie", "c=1"), ("dapr-api-token", "callers"));

        var (request, metadata) = Assert.Single(app.Calls);
        Assert.Equal(("a/b c/ü", "hello", "text/x-thing"), (request.Method, request.Data.Value.ToStringUtf8(), request.ContentType));
        Assert.Equal((HTTPExtension.Types.Verb.Put, "q=%2F"), (request.HttpExtension.Verb, request.HttpExtension.Querystring));
        Assert.Equal(("1", "c=1", "for-the-app"), (metadata.GetValue("x-mine"), metadata.GetValue("dapr-cookie"), Assert.Single(metadata.GetAll("dapr-api-token")).Value));
        Assert.Equal(29, metadata.GetValueBytes("grpc-trace-bin")!.Length);
        Assert.Equal((200, "hello", "text/x-thing", "yes"), (answer.Status, answer.Text, answer.Header("Content-Type"), answer.Header("x-app")));
        Assert.DoesNotContain(answer.Headers, header => header.Name.StartsWith("dapr-bridge-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("NotFound", 404, 5)]
    [InlineData("InvalidArgument", 400, 3)]
    [InlineData("Unavailable", 503, 14)]
    [InlineData("Unknown", 500, 2)]
    public async Task HttpCall_ThatTheAppRefuses_IsTheHttpStatusOfIt(string code, int status, int number)
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, $"/v1.0/invoke/app/method/fail/{code}", Stopping);

        Assert.Equal(status, answer.Status);
        Assert.Equal((number, $"no: 100 % {code}"), ((int)JsonNode.Parse(answer.Text)!["code"]!, (string)JsonNode.Parse(answer.Text)!["message"]!));
    }

    /// <summary>Between two sidecars as through one: nothing of gRPC is lost on the way.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GrpcCall_OfAGrpcApp_KeepsWhatGrpcSays(bool isRemote)
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var called = await StartAsync(app, ["--app-id", _id]);
        await using var calling = isRemote ? await SidecarProcess.StartAsync(["--app-id", "calling"], Stopping) : null;
        using var client = new DaprClient(calling ?? called);
        var request = Request(_id, "x");
        request.Message.Data = new Any { Value = ByteString.CopyFromUtf8("data"), TypeUrl = "type.example/ö" };

        var call = client.Api.InvokeServiceAsync(request, new Metadata { { "x-raw-bin", new byte[] { 0, 255 } } }, cancellationToken: Stopping);
        var answer = await call;
        var refusal = await RefusedAsync(client.Api.InvokeServiceAsync(Request(_id, "fail/Aborted"), cancellationToken: Stopping));

        var (seen, metadata) = app.Calls.First();
        Assert.Equal(("data", "type.example/ö", "application/x-protobuf"), (seen.Data.Value.ToStringUtf8(), seen.Data.TypeUrl, seen.ContentType));
        Assert.Equal([0, 255], metadata.GetValueBytes("x-raw-bin"));
        Assert.Equal(("data", "type.example/ö"), (answer.Data.Value.ToStringUtf8(), answer.Data.TypeUrl));
        Assert.Equal("yes", (await call.ResponseHeadersAsync).GetValue("x-app"));
        Assert.Equal((StatusCode.Aborted, "no: 100 % Aborted"), (refusal.StatusCode, refusal.Status.Detail));
        Assert.Equal(isRemote ? "calling" : null, metadata.GetValue("dapr-caller-app-id"));
    }

    /// <summary>The request between the sidecars must end where it says, or the next one begins in it.</summary>
    [Fact]
    public async Task RemoteCall_WithAQueryThatIsNotAscii_KeepsItsBody()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var called = await StartAsync(app, ["--app-id", _id]);
        await using var calling = await SidecarProcess.StartAsync(["--app-id", "calling"], Stopping);
        using var client = new DaprClient(calling);

        foreach (var _ in Enumerable.Range(0, 3))
        {
            await client.Api.InvokeServiceAsync(Request(_id, "x", "hello", query: "name=Zoë"), cancellationToken: Stopping);
        }

        Assert.Equal(3, app.Calls.Count);
        Assert.All(app.Calls, call => Assert.Equal(("hello", "name=Zo%C3%AB"), (call.Request.Data.Value.ToStringUtf8(), call.Request.HttpExtension.Querystring)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RemoteCall_BetweenBothKinds_Arrives(bool isGrpcCaller)
    {
        await using var httpApp = new EchoApp();
        await using var grpcApp = await GrpcApp.StartAsync(Stopping);
        await using var called = isGrpcCaller ? await SidecarProcess.StartAsync(["--app-id", _id, "--app-port", $"{httpApp.Port}"], Stopping) : await StartAsync(grpcApp, ["--app-id", _id]);
        await using var calling = await SidecarProcess.StartAsync(["--app-id", "calling"], Stopping);
        using var client = new DaprClient(calling);

        if (isGrpcCaller)
        {
            var answer = await client.Api.InvokeServiceAsync(Request(_id, "x", "hello"), cancellationToken: Stopping);
            var refusal = await RefusedAsync(client.Api.InvokeServiceAsync(Request(_id, "b/json-error/403"), cancellationToken: Stopping));

            Assert.StartsWith(EchoApp.Marker, answer.Data.Value.ToStringUtf8(), StringComparison.Ordinal);
            Assert.Equal("hello", httpApp.Requests.First(request => request.Path == "/x").BodyText);
            Assert.Equal((StatusCode.PermissionDenied, "Forbidden"), (refusal.StatusCode, refusal.Status.Detail));
        }
        else
        {
            var answer = await RawClient.PostAsync(calling.HttpPort, $"/v1.0/invoke/{_id}/method/x", "hello", Stopping);
            var refusal = await RawClient.PostAsync(calling.HttpPort, $"/v1.0/invoke/{_id}/method/fail/NotFound", "hello", Stopping);

            Assert.Equal((200, "hello"), (answer.Status, answer.Text));
            Assert.Equal(404, refusal.Status);
            Assert.DoesNotContain(refusal.Headers, header => header.Name.StartsWith("dapr-bridge-", StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>daprd runs appHttpPipeline before an app that speaks HTTP only.</summary>
    [Fact]
    public async Task BearerInAppHttpPipeline_StandsBeforeAGrpcAppToo()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var provider = new FakeProvider();
        using var folder = new TemporaryFolder();
        ProtectedResources.WriteBearer(folder, provider);
        ProtectedResources.WriteConfiguration(folder, ("appHttpPipeline", ProtectedResources.Bearer));
        await using var sidecar = await StartAsync(app, ["--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")]);
        await sidecar.WaitForReadyAsync(Stopping);
        using var client = new DaprClient(sidecar);

        var overHttp = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/app/method/x", Stopping);
        var overGrpc = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "x"), cancellationToken: Stopping));
        Assert.Empty(app.Calls);
        await client.Api.InvokeServiceAsync(Request("app", "x"), new Metadata { { "authorization", $"Bearer {provider.Key.Sign(provider.Claims())}" } }, cancellationToken: Stopping);

        Assert.Equal((401, StatusCode.Unauthenticated), (overHttp.Status, overGrpc.StatusCode));
        Assert.Single(app.Calls);
    }

    [Fact]
    public async Task Retries_AreMadeForTheCodesThatThePolicyNames()
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/resiliency.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: r\nspec:\n  policies:\n    retries:\n      r:\n        duration: 1ms\n        maxRetries: 2\n        matching:\n          gRPCStatusCodes: \"14\"\n  targets:\n    apps:\n      app:\n        retry: r\n");
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app, ["--resources-path", folder.PathOf("resources")]);
        using var client = new DaprClient(sidecar);

        await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "fail/Unavailable"), cancellationToken: Stopping));
        Assert.Equal(3, app.Calls.Count);
        await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "fail/Internal"), cancellationToken: Stopping));

        Assert.Equal(4, app.Calls.Count);
    }

    [Fact]
    public async Task MaxConcurrency_HoldsForCallsOfBothKinds()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app, ["--app-max-concurrency", "1"]);
        using var client = new DaprClient(sidecar);
        var first = client.Api.InvokeServiceAsync(Request("app", "wait"), cancellationToken: Stopping);
        await app.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(20), Stopping);

        var second = RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/app/method/x", Stopping);
        var queued = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "y"), deadline: DateTime.UtcNow.AddSeconds(1), cancellationToken: Stopping));
        Assert.Single(app.Calls);
        app.Release.SetResult();
        await first;

        Assert.Equal(StatusCode.DeadlineExceeded, queued.StatusCode);
        Assert.Equal(200, (await second).Status);
        Assert.Equal(["wait", "x"], app.Calls.Select(call => call.Request.Method));
    }

    [Fact]
    public async Task Answer_ThatIsTooLarge_IsRefused()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app, ["--max-body-size", "64Ki"]);

        var tooLarge = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/app/method/big/70000", Stopping);
        var justRight = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/app/method/big/60000", Stopping);

        Assert.Equal((429, 200), (tooLarge.Status, justRight.Status));
    }

    [Fact]
    public async Task HttpCaller_WhoGoesAway_EndsTheCallOfTheApp()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Stopping);

        var call = RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/app/method/wait", gone.Token);
        await app.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(20), Stopping);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await app.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), Stopping);
    }

    [Fact]
    public async Task HealthCheck_AsksTheApp_AndCallsAreRefusedWhileItIsNotWell()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app, ["--enable-app-health-check", "--app-health-probe-interval", "1", "--app-health-threshold", "1"]);
        using var client = new DaprClient(sidecar);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("App entered healthy status", StringComparison.Ordinal), "the app is healthy", Stopping);
        await client.Api.InvokeServiceAsync(Request("app", "x"), cancellationToken: Stopping);

        app.IsWell = false;
        await Eventually.TrueAsync(() => sidecar.Output.Contains("App entered un-healthy status", StringComparison.Ordinal), "the app is not healthy", Stopping);
        var refusal = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "x"), cancellationToken: Stopping));

        Assert.Equal(StatusCode.Internal, refusal.StatusCode);
        Assert.Contains("app is not in a healthy state", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Single(app.Calls);
    }

    [Fact]
    public async Task End_WaitsForACallOfTheApp()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app, ["--dapr-graceful-shutdown-seconds", "30"]);
        using var client = new DaprClient(sidecar);
        var call = client.Api.InvokeServiceAsync(Request("app", "wait", "hello"), cancellationToken: Stopping);
        await app.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(20), Stopping);

        sidecar.Signal(15);
        await Eventually.TrueAsync(() => RefusesAsync(sidecar), "nothing more is accepted", Stopping);
        app.Release.SetResult();

        Assert.Equal("hello", (await call).Data.Value.ToStringUtf8());
        await sidecar.WaitForExitAsync(Stopping);
        Assert.Equal(0, sidecar.ExitCode);
    }

    private static async Task<bool> RefusesAsync(SidecarProcess sidecar)
    {
        try
        {
            await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/healthz", Stopping);
            return false;
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException)
        {
            return true;
        }
    }

    private static Task<SidecarProcess> StartAsync(GrpcApp app, string[]? more = null, IReadOnlyDictionary<string, string>? environment = null)
        => SidecarProcess.StartAsync([.. more is ["--app-id", ..] ? [] : (string[])["--app-id", "app"], "--app-port", $"{app.Port}", "--app-protocol", "grpc", .. more ?? []], Stopping, environment: environment);
}
