using Grpc.Core;
using McpAspire.Sidecar.Grpc.DurableTask;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Rig;
using static McpAspire.Sidecar.Tests.Rig.DaprClient;

namespace McpAspire.Sidecar.Tests.Grpc;

/// <summary>Dapr's gRPC API does what its HTTP API does, for those who may call that.</summary>
public sealed class GrpcApiTests
{
    private static readonly Marshaller<byte[]> _raw = Marshallers.Create<byte[]>(static bytes => bytes, static bytes => bytes);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InvokeService_ReachesAnHttpApp_AsTheRequestThatItMeans()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var client = new DaprClient(sidecar);
        var call = client.Api.InvokeServiceAsync(
            Request("app", "a/b c/ü", "hello", HTTPExtension.Types.Verb.Put, "q=%2F&r=1", "application/x-thing"),
            new Metadata { { "x-mine", "1" }, { "dapr-app-id", "other" }, { "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" }, { "secret-bin", new byte[] { 1, 2 } } },
            cancellationToken: Stopping);

        var answer = await call;
        var headers = await call.ResponseHeadersAsync;

        var seen = Assert.Single(app.Requests);
        Assert.Equal(("PUT", "/a/b%20c/%C3%BC?q=%2F&r=1", "hello"), (seen.Verb, seen.Target, seen.BodyText));
        Assert.Equal(["application/x-thing"], seen.Headers.Values("Content-Type"));
        Assert.Equal(["1"], seen.Headers.Values("x-mine"));
        Assert.StartsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-", Assert.Single(seen.Headers.Values("traceparent")), StringComparison.Ordinal);
        Assert.DoesNotContain(seen.Headers, header => header.Name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) || header.Name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase) || header.Name.Equals("dapr-app-id", StringComparison.OrdinalIgnoreCase));
        Assert.StartsWith(EchoApp.Marker, answer.Data.Value.ToStringUtf8(), StringComparison.Ordinal);
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal("200", headers.GetValue("dapr-http-status"));
        Assert.NotEmpty(headers.GetValueBytes("grpc-trace-bin")!);
    }

    [Theory]
    [InlineData("404", StatusCode.NotFound, "Not Found")]
    [InlineData("401", StatusCode.Unauthenticated, "Unauthorized")]
    [InlineData("503", StatusCode.Unavailable, "Service Unavailable")]
    [InlineData("400", StatusCode.Internal, "Bad Request")]
    [InlineData("302", StatusCode.Unknown, "Found")]
    public async Task InvokeService_FailureOfAnHttpApp_IsTheStatusThatDaprMakesOfIt(string status, StatusCode code, string reason)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var client = new DaprClient(sidecar);

        var refusal = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", $"b/json-error/{status}"), cancellationToken: Stopping));

        Assert.Equal((code, reason), (refusal.StatusCode, refusal.Status.Detail));
        var details = global::McpAspire.Sidecar.Grpc.Protocol.Status.Parser.ParseFrom(refusal.Trailers.GetValueBytes("grpc-status-details-bin"));
        var info = Assert.Single(details.Details).Unpack<ErrorInfo>();
        Assert.Equal((status, "{\"error\":\"insufficient_scope\"}"), (info.Metadata["http.code"], info.Metadata["http.error_message"]));
    }

    [Fact]
    public async Task InvokeService_WithoutTheApp_SaysWhy()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", $"{FreePort.Next()}"], Stopping);
        using var client = new DaprClient(sidecar);

        var down = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "x"), cancellationToken: Stopping));
        var unknown = await RefusedAsync(client.Api.InvokeServiceAsync(Request("nobody", "x"), cancellationToken: Stopping));
        var wrong = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "x?y"), cancellationToken: Stopping));

        Assert.Equal(StatusCode.Internal, down.StatusCode);
        Assert.Contains("failed to invoke, id: app, err: ", down.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("connection refused", down.Status.Detail, StringComparison.Ordinal);
        Assert.Equal((StatusCode.Internal, "failed to invoke, id: nobody, err: couldn't find service: nobody"), (unknown.StatusCode, unknown.Status.Detail));
        Assert.Contains("method contains forbidden character", wrong.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_IsThatOfTheHttpApi()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var client = new DaprClient(sidecar);

        await client.Api.SetMetadataAsync(new SetMetadataRequest { Key = "who", Value = "me" }, cancellationToken: Stopping);
        var metadata = await client.Api.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Stopping);
        var overHttp = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/metadata", Stopping);
        var tooLong = await RefusedAsync(client.Api.SetMetadataAsync(new SetMetadataRequest { Key = new string('k', 300), Value = "v" }, cancellationToken: Stopping));

        Assert.Equal(("app", app.Port, "http", "me"), (metadata.Id, metadata.AppConnectionProperties.Port, metadata.AppConnectionProperties.Protocol, metadata.ExtendedMetadata["who"]));
        Assert.Contains("\"who\":\"me\"", overHttp.Text, StringComparison.Ordinal);
        Assert.Equal(StatusCode.InvalidArgument, tooLong.StatusCode);
    }

    [Fact]
    public async Task Secrets_AreThoseThatTheScopeOpens()
    {
        using var folder = new TemporaryFolder();
        folder.Write("secrets.json", "{\"open\":\"yes\",\"closed\":\"no\"}");
        folder.Write("resources/store.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: store\nspec:\n  type: secretstores.local.file\n  version: v1\n  metadata:\n  - {{name: secretsFile, value: '{folder.PathOf("secrets.json")}'}}\n");
        var config = folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  secrets:\n    scopes:\n    - {storeName: store, defaultAccess: deny, allowedSecrets: [open]}\n");
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", config], Stopping);
        using var client = new DaprClient(sidecar);

        var open = await client.Api.GetSecretAsync(new GetSecretRequest { StoreName = "store", Key = "open" }, cancellationToken: Stopping);
        var bulk = await client.Api.GetBulkSecretAsync(new GetBulkSecretRequest { StoreName = "store" }, cancellationToken: Stopping);
        var closed = await RefusedAsync(client.Api.GetSecretAsync(new GetSecretRequest { StoreName = "store", Key = "closed" }, cancellationToken: Stopping));
        var noStore = await RefusedAsync(client.Api.GetSecretAsync(new GetSecretRequest { StoreName = "other", Key = "open" }, cancellationToken: Stopping));

        Assert.Equal("yes", open.Data["open"]);
        Assert.Equal(["open"], bulk.Data.Keys);
        Assert.Equal((StatusCode.PermissionDenied, "access denied by policy to get \"closed\" from \"store\""), (closed.StatusCode, closed.Status.Detail));
        Assert.Equal(StatusCode.InvalidArgument, noStore.StatusCode);
    }

    [Theory]
    [InlineData("/dapr.proto.runtime.v1.Dapr/ScheduleJob")]
    [InlineData("/TaskHubSidecarService/GetWorkItems")]
    [InlineData("/some.Service/Method")]
    public async Task Method_ThatIsNotHere_IsUnimplemented(string path)
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);
        using var client = new DaprClient(sidecar);

        var refusal = await RefusedAsync(CallRaw(client, path, []));

        Assert.Equal(StatusCode.Unimplemented, refusal.StatusCode);
        Assert.Contains(path, refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiToken_IsAskedOfEveryMethod_AndDoesNotReachTheApp()
    {
        await using var app = new EchoApp();
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", $"{app.Port}"], Stopping, environment: new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "the-token" });
        using var client = new DaprClient(sidecar);

        foreach (var path in Served())
        {
            Assert.Equal((path, StatusCode.Unauthenticated), (path, (await RefusedAsync(CallRaw(client, path, []))).StatusCode));
            Assert.Equal((path, StatusCode.Unauthenticated), (path, (await RefusedAsync(CallRaw(client, path, new Metadata { { "dapr-api-token", "wrong" } }))).StatusCode));
        }

        await client.Api.InvokeServiceAsync(Request("app", "x"), new Metadata { { "dapr-api-token", "the-token" } }, cancellationToken: Stopping);
        Assert.Empty(Assert.Single(app.Requests, request => request.Path == "/x").Headers.Values("dapr-api-token"));
        Assert.DoesNotContain("the-token", sidecar.Output, StringComparison.Ordinal);
    }

    /// <summary>A method that somebody adds past <c>ApiCalls</c> fails here.</summary>
    [Fact]
    public async Task BearerInHttpPipeline_IsAskedOfEveryMethod()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Bearer(provider, "httpPipeline");
        await using var sidecar = await StartAsync(app, "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml"));
        await ReadyAsync(sidecar, provider);
        using var client = new DaprClient(sidecar);

        foreach (var path in Served())
        {
            Assert.Equal((path, StatusCode.Unauthenticated), (path, (await RefusedAsync(CallRaw(client, path, []))).StatusCode));
        }

        var token = new Metadata { { "authorization", $"Bearer {provider.Key.Sign(provider.Claims())}" } };
        await client.Api.InvokeServiceAsync(Request("app", "x"), token, cancellationToken: Stopping);
        Assert.Single(app.Requests, request => request.Path == "/x");
        Assert.Equal("app", (await client.Api.GetMetadataAsync(new GetMetadataRequest(), token, cancellationToken: Stopping)).Id);
    }

    [Fact]
    public async Task BearerInAppHttpPipeline_IsAskedOverGrpc()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Bearer(provider, "appHttpPipeline");
        await using var sidecar = await StartAsync(app, "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml"));
        await sidecar.WaitForReadyAsync(Stopping);
        using var client = new DaprClient(sidecar);

        var refusal = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "x"), cancellationToken: Stopping));
        Assert.DoesNotContain(app.Requests, request => request.Path == "/x");
        await client.Api.InvokeServiceAsync(Request("app", "x"), new Metadata { { "authorization", $"Bearer {provider.Key.Sign(provider.Claims())}" } }, cancellationToken: Stopping);

        Assert.Equal((StatusCode.Unauthenticated, "Unauthorized"), (refusal.StatusCode, refusal.Status.Detail));
        Assert.Single(app.Requests, request => request.Path == "/x");
    }

    [Theory]
    [InlineData("{name: metadata}", StatusCode.Unimplemented, StatusCode.OK)]
    [InlineData("{name: metadata, protocol: grpc}", StatusCode.Unimplemented, StatusCode.OK)]
    [InlineData("{name: invoke, protocol: grpc, version: v1}", StatusCode.OK, StatusCode.Unimplemented)]
    public async Task ApiRules_HoldForGrpc_ThoseOfHttpWhereItHasNone(string allowed, StatusCode invoke, StatusCode metadata)
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  api:\n    allowed:\n    - {allowed}\n");
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "--config", config);
        using var client = new DaprClient(sidecar);

        Assert.Equal(invoke, await StatusAsync(client.Api.InvokeServiceAsync(Request("app", "x"), cancellationToken: Stopping)));
        Assert.Equal(metadata, await StatusAsync(client.Api.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Stopping)));
    }

    [Fact]
    public async Task Message_ThatIsTooLarge_IsRefusedInBothDirections()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "--max-body-size", "64Ki");
        using var client = new DaprClient(sidecar);

        var sent = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "x", new string('x', 70_000)), cancellationToken: Stopping));
        var received = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "b/big", query: "n=70000"), cancellationToken: Stopping));
        var justRight = await client.Api.InvokeServiceAsync(Request("app", "b/big", new string('x', 60_000), query: "n=60000"), cancellationToken: Stopping);

        Assert.Equal(StatusCode.ResourceExhausted, sent.StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, received.StatusCode);
        Assert.Equal(60_000, justRight.Data.Value.Length);
    }

    [Fact]
    public async Task Call_ThatIsGivenUp_IsGivenUpBehindToo()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app);
        using var client = new DaprClient(sidecar);
        using var patience = new CancellationTokenSource();

        var call = client.Api.InvokeServiceAsync(Request("app", "wait"), cancellationToken: patience.Token);
        await app.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(20), Stopping);
        await patience.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await RefusedAsync(call)).StatusCode);
        await app.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), Stopping);
    }

    [Fact]
    public async Task Deadline_EndsTheCall_BehindToo()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        await using var sidecar = await StartAsync(app);
        using var client = new DaprClient(sidecar);

        await client.Api.InvokeServiceAsync(Request("app", "x"), cancellationToken: Stopping); // the first call takes longest, and could end before it reaches the app

        var refusal = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "wait"), deadline: DateTime.UtcNow.AddSeconds(3), cancellationToken: Stopping));

        Assert.Equal(StatusCode.DeadlineExceeded, refusal.StatusCode);
        await app.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), Stopping);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("true", 1)]
    public async Task Shutdown_EndsTheSidecar(string? force, int exitCode)
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);
        using var client = new DaprClient(sidecar);

        await client.Api.ShutdownAsync(new ShutdownRequest(), force is null ? [] : new Metadata { { "dapr-force-shutdown", force } }, cancellationToken: Stopping);
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(exitCode, sidecar.ExitCode);
    }

    [Fact]
    public async Task Calls_AreCountedByMethodAndStatus()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var client = new DaprClient(sidecar);
        await client.Api.InvokeServiceAsync(Request("app", "x"), cancellationToken: Stopping);
        await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "b/json-error/404"), cancellationToken: Stopping));
        await RefusedAsync(CallRaw(client, "/made.Up/Method", []));

        var metrics = await RawClient.GetAsync(sidecar.MetricsPort, "/metrics", Stopping);

        Assert.Contains("dapr_grpc_io_server_completed_rpcs{app_id=\"app\",grpc_server_method=\"/dapr.proto.runtime.v1.Dapr/InvokeService\",grpc_server_status=\"OK\"} 1\n", metrics.Text, StringComparison.Ordinal);
        Assert.Contains("grpc_server_status=\"NOT_FOUND\"} 1\n", metrics.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("made.Up", metrics.Text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Served()
        => DaprReflection.Descriptor.Services.Concat(OrchestratorServiceReflection.Descriptor.Services).SelectMany(service => service.Methods).Select(method => $"/{method.Service.FullName}/{method.Name}");

    private static AsyncUnaryCall<byte[]> CallRaw(DaprClient client, string path, Metadata metadata)
    {
        var parts = path.Split('/');
        return client.Invoker.AsyncUnaryCall(new Method<byte[], byte[]>(MethodType.Unary, parts[1], parts[2], _raw, _raw), null, new CallOptions(metadata, cancellationToken: Stopping), []);
    }

    private static async Task<StatusCode> StatusAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }

    /// <summary>healthz stands behind the bearer too.</summary>
    private static Task ReadyAsync(SidecarProcess sidecar, FakeProvider provider)
        => Eventually.TrueAsync(
            async () => (await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/healthz", Stopping, ("Authorization", $"Bearer {provider.Key.Sign(provider.Claims())}"))).Status == 204,
            "healthz is 204",
            Stopping);

    private static TemporaryFolder Bearer(FakeProvider provider, string pipeline)
    {
        var folder = new TemporaryFolder();
        ProtectedResources.WriteBearer(folder, provider);
        ProtectedResources.WriteConfiguration(folder, (pipeline, ProtectedResources.Bearer));
        return folder;
    }

    private static Task<SidecarProcess> StartAsync(EchoApp app, params string[] more)
        => SidecarProcess.StartAsync(["--app-id", "app", "--app-port", $"{app.Port}", .. more], Stopping);

    private static Task<SidecarProcess> StartAsync(GrpcApp app, params string[] more)
        => SidecarProcess.StartAsync(["--app-id", "app", "--app-port", $"{app.Port}", "--app-protocol", "grpc", .. more], Stopping);
}
