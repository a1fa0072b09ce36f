using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components.Pluggable;
using McpAspire.Sidecar.Components.Pluggable.Protocol;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.Tests.PubSub;
using McpAspire.Sidecar.Tests.Rig;
using Status = Grpc.Core.Status;

namespace McpAspire.Sidecar.Tests.Components.Pluggable;

/// <summary>Components that are other processes, over their sockets.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PluggableComponentTests
{
    private const string Event = """{"id":"1","specversion":"1.0","type":"t","source":"s","topic":"orders","pubsubname":"bus","datacontenttype":"application/json","data":{"n":1}}""";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_KeepsWhatItIsGiven_AndIsToldWhoAndWhatItIs()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "Mine", Stopping);
        await using var sidecar = await StartAsync(folder, ComponentProcess.Component("store", "state.mine", "{name: url, value: there}"));

        var saved = await PostAsync(sidecar, "/v1.0/state/store", """[{"key":"a","value":{"n":1}},{"key":"b","value":2}]""");
        var got = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/state/store/a?metadata.part=p", Stopping);
        var bulk = await PostAsync(sidecar, "/v1.0/state/store/bulk", """{"keys":["a","none","b"]}""");
        var changed = await PostAsync(sidecar, "/v1.0/state/store/transaction", """{"operations":[{"operation":"delete","request":{"key":"a"}},{"operation":"upsert","request":{"key":"c","value":3}}]}""");

        Assert.Equal((204, 204), (saved.Status, changed.Status));
        Assert.Equal((200, """{"n":1}""", "1", "p"), (got.Status, got.Text, got.Header("ETag"), got.Header("metadata.part")));
        Assert.Equal("""[{"key":"a","data":{"n":1}},{"key":"none"},{"key":"b","data":2}]""", bulk.Text.Trim());
        Assert.Equal(["app||b", "app||c"], process.Values.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("store", "there"), (process.Inits.First().Instance, process.Inits.First().Properties["url"]));
        Assert.Contains("\"ETAG\",\"TRANSACTIONAL\"", (await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/metadata", Stopping)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_ThatFails_IsAnsweredInItsWords()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        process.Features = [];
        await using var sidecar = await StartAsync(folder, ComponentProcess.Component("store", "state.mine"));
        using var client = new DaprClient(sidecar);

        process.Failure = new RpcException(new Status(StatusCode.Unknown, "broken"));
        var plain = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/state/store/a", Stopping);
        process.Failure = Detailed(StatusCode.FailedPrecondition, "no", new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = "etag", Description = "other" } } });
        var mismatch = await PostAsync(sidecar, "/v1.0/state/store", """[{"key":"a","value":1}]""");
        process.Failure = Detailed(StatusCode.DataLoss, "own", new ErrorInfo { Reason = "R", Domain = "d", Metadata = { ["kit_error"] = "true", ["http_code"] = "506", ["tag"] = "T" } });
        var own = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/state/store/a", Stopping);
        var ownOverGrpc = await DaprClient.RefusedAsync(client.Api.GetStateAsync(new GetStateRequest { StoreName = "store", Key = "a" }, cancellationToken: Stopping));
        var transaction = await PostAsync(sidecar, "/v1.0/state/store/transaction", """{"operations":[]}""");

        Assert.Equal((500, """{"errorCode":"ERR_STATE_GET","message":"fail to get a from state store store: rpc error: code = Unknown desc = broken"}"""), (plain.Status, plain.Text));
        Assert.Equal((409, """{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store store: possible etag mismatch. error from state store: other"}"""), (mismatch.Status, mismatch.Text));
        Assert.Equal((506, """{"errorCode":"ERR_STATE_GET","message":"fail to get a from state store store: api error: code = DataLoss desc = own"}"""), (own.Status, own.Text));
        Assert.Equal((StatusCode.DataLoss, "own"), (ownOverGrpc.StatusCode, ownOverGrpc.Status.Detail));
        Assert.Equal(500, transaction.Status);
        Assert.Contains("doesn't support transactions", transaction.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_ThatHasEnded_IsAnError_AndIsInitializedAgainWhenItIsBack()
    {
        using var folder = new TemporaryFolder();
        var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        await using var sidecar = await StartAsync(folder, ComponentProcess.Component("store", "state.mine"));
        await process.DisposeAsync();

        var away = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/state/store/a", Stopping);
        await using var next = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        var back = await PostAsync(sidecar, "/v1.0/state/store", """[{"key":"a","value":1}]""");

        Assert.Equal(500, away.Status);
        Assert.Contains("Unavailable", away.Text, StringComparison.Ordinal);
        Assert.Equal(204, back.Status);
        Assert.Equal("store", Assert.Single(next.Inits).Instance);
    }

    [Fact]
    public async Task Subscription_GetsMessages_AndItsComponentWhatBecameOfThem()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        await using var app = new FeedApp();
        await using var sidecar = await StartAsync(folder, ComponentProcess.Component("bus", "pubsub.mine") + PubSubRig.Subscription("orders", "/good"), app);

        var topic = await process.Acks.Reader.ReadAsync(Stopping);
        process.Messages.Writer.TryWrite(new PullMessagesResponse { Id = "m1", TopicName = "orders", Data = ByteString.CopyFromUtf8(Event) });
        var handled = await process.Acks.Reader.ReadAsync(Stopping);
        app.Answer("/good", 500);
        process.Messages.Writer.TryWrite(new PullMessagesResponse { Id = "m2", TopicName = "orders", Data = ByteString.CopyFromUtf8(Event) });
        var failed = await process.Acks.Reader.ReadAsync(Stopping);
        var published = await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);
        process.Failure = new RpcException(new Status(StatusCode.Unknown, "full"));
        var refused = await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);

        Assert.Equal("orders", topic.Topic.Name);
        Assert.Equal(("m1", null), (handled.AckMessageId, handled.AckError));
        Assert.Equal("m2", failed.AckMessageId);
        Assert.NotNull(failed.AckError);
        Assert.Equal((204, 500), (published.Status, refused.Status));
        Assert.Contains("rpc error: code = Unknown desc = full", refused.Text, StringComparison.Ordinal);
        Assert.Equal(("bus", "orders"), (Assert.Single(process.Published).PubsubName, process.Published.First().Topic));
        Assert.Equal("app", process.Inits.First().Properties["consumerID"]);
    }

    [Fact]
    public async Task Subscription_AtTheEnd_TellsOfTheMessageThatIsWithTheApp_AndOfNoOther()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        await using var app = new FeedApp();
        var release = app.Hold("/good");
        await using var sidecar = await StartAsync(folder, ComponentProcess.Component("bus", "pubsub.mine") + PubSubRig.Subscription("orders", "/good"), app);
        await process.Acks.Reader.ReadAsync(Stopping);
        process.Messages.Writer.TryWrite(new PullMessagesResponse { Id = "m1", TopicName = "orders", Data = ByteString.CopyFromUtf8(Event) });
        await app.FirstAsync("/good", Stopping);

        sidecar.Signal(15);
        await Eventually.TrueAsync(() => process.Pauses > 0, "the component is asked to pause", Stopping);
        release.SetResult();
        var told = await process.Acks.Reader.ReadAsync(Stopping);
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(("m1", null), (told.AckMessageId, told.AckError));
        Assert.False(process.Acks.Reader.TryRead(out _));
        Assert.Equal(0, sidecar.ExitCode);
    }

    [Fact]
    public async Task Bindings_OfBothDirections_Work_AndAReloadTakesThemAway()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        await using var app = new FeedApp();
        app.Answer("/both", 200, "\"got it\"");
        await using var sidecar = await StartAsync(folder, ComponentProcess.Component("both", "bindings.mine"), app);

        process.Events.Writer.TryWrite(new ReadResponse { MessageId = "e1", Data = ByteString.CopyFromUtf8("\"hello\""), Metadata = { ["key"] = "k", ["authorization"] = "Bearer x" } });
        var reply = await process.Replies.Reader.ReadAsync(Stopping);
        var request = app.At("/both")[^1];
        var invoked = await PostAsync(sidecar, "/v1.0/bindings/both", """{"operation":"create","data":7}""");
        process.Failure = new RpcException(new Status(StatusCode.Unknown, "broken"));
        var failed = await PostAsync(sidecar, "/v1.0/bindings/both", """{"operation":"create","data":7}""");
        var release = app.Hold("/both");
        process.Events.Writer.TryWrite(new ReadResponse { MessageId = "e2" });
        await Eventually.TrueAsync(() => app.At("/both").Count(call => call.Verb == "POST") == 2, "the second event is with the app", Stopping);
        folder.Write("resources/all.yaml", ComponentProcess.Component("other", "state.in-memory"));
        await Eventually.TrueAsync(async () => (await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/metadata", Stopping)).Text.Contains("other", StringComparison.Ordinal), "the resources are reloaded", Stopping);
        process.Events.Writer.TryWrite(new ReadResponse { MessageId = "e3" });
        release.SetResult();
        var last = await process.Replies.Reader.ReadAsync(Stopping);
        var closed = await process.Replies.Reader.ReadAsync(Stopping);

        Assert.Equal(("e1", "\"got it\"", null), (reply.MessageId, reply.ResponseData.ToStringUtf8(), reply.ResponseError));
        Assert.Equal(("\"hello\"", "k", false), (request.BodyText, request.Headers.Value("key"), request.Headers.Value("authorization") is not null));
        Assert.Equal((200, "7", "create"), (invoked.Status, invoked.Text, invoked.Header("metadata.x-done")));
        Assert.Equal(500, failed.Status);
        Assert.Equal(("e2", null), (last.MessageId, last.ResponseError));
        Assert.Equal(("e3", "input binding is closed"), (closed.MessageId, closed.ResponseError?.Message));
    }

    [Fact]
    public async Task SecretStore_GivesValuesToComponents_AndNamesThatAScopeOpens()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  secrets:\n    scopes: [{ storeName: vault, defaultAccess: deny, allowedSecrets: [known, unknown] }]\n");
        var needsIt = ComponentProcess.Component("store", "state.in-memory", "{name: keyPrefix, secretKeyRef: {name: known, key: known}}").Replace("spec:", "auth: {secretStore: vault}\nspec:", StringComparison.Ordinal);
        await using var sidecar = await StartAsync(folder, needsIt + ComponentProcess.Component("vault", "secretstores.mine"), flags: ["--config", folder.PathOf("config.yaml")]);

        var known = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/secrets/vault/known", Stopping);
        var unknown = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/secrets/vault/unknown", Stopping);
        var closed = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/secrets/vault/other", Stopping);

        Assert.Equal((200, """{"known":"namespace"}"""), (known.Status, known.Text));
        Assert.Equal((500, 403), (unknown.Status, closed.Status));
    }

    [Fact]
    public async Task Component_ThatIsRefusedOrSilent_EndsTheLoad_UnlessItsErrorsAreIgnored()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);

        var refused = Assert.Throws<ResourceException>(() => Load(folder, ComponentProcess.Component("store", "state.mine", "{name: refuse, value: yes}")));
        process.Initialized = Task.Delay(Timeout.Infinite, Stopping);
        var silent = Assert.Throws<ResourceException>(() => Load(folder, ComponentProcess.Component("store", "state.mine", more: "  initTimeout: 200ms\n")));
        var ignored = Load(folder, ComponentProcess.Component("store", "state.mine", more: "  initTimeout: 200ms\n  ignoreErrors: true\n"));

        Assert.Equal(ProblemRules.ComponentInit, refused.Rule);
        Assert.Contains("no such server", refused.Message, StringComparison.Ordinal);
        Assert.Contains("init timeout for component store (state.mine/v1)", silent.Fatal, StringComparison.Ordinal);
        Assert.Empty(ignored.Components);
    }

    [Fact]
    public async Task Type_ThatNoSocketHas_IsRefused_AndTheSocketsAreNamed()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);

        Assert.Contains("mine.sock", Assert.Throws<ResourceException>(() => Load(folder, ComponentProcess.Component("store", "state.other"))).Message, StringComparison.Ordinal);
        Assert.Empty(process.Inits);
    }

    [Fact]
    public async Task Type_OfDaprd_ThatASocketHas_IsThatOne()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "redis", Stopping);

        Assert.IsType<PluggableStateStore>(Load(folder, ComponentProcess.Component("store", "state.redis")).Embedded.Find<IStateStore>("store"));
    }

    [Theory]
    [InlineData("state.in-memory")]
    [InlineData("secretstores.local.env")]
    public async Task Type_ThatIsHere_IsNotASocketsOfThatName(string type)
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, type[(type.IndexOf('.', StringComparison.Ordinal) + 1)..], Stopping);

        Assert.Equal("c", Assert.Single(Load(folder, ComponentProcess.Component("c", type)).Components).Name);
        Assert.Empty(process.Inits);
    }

    [Fact]
    public async Task Check_FindsNothingWrongWithATypeThatASocketHas_AndDoesNotDisturbItsProcess()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        folder.Write("resources/all.yaml", ComponentProcess.Component("store", "state.mine") + ComponentProcess.Component("other", "state.redis") + ComponentProcess.Component("vault", "secretstores.mine"));
        var options = new SidecarOptions { AppId = "app", ResourcesPaths = [folder.PathOf("resources")] };

        var findings = new ResourceCheck(options, PreflightTarget.Embedded, ComponentProcess.Environment(folder).GetValueOrDefault).Run();

        Assert.Equal("block-not-served", Assert.Single(findings).Rule.Id);
        Assert.Empty(process.Inits);
    }

    [Fact]
    public void Folder_ThatIsNotNamed_IsLookedAtOnlyWhenNobodyElseMayWriteToIt()
    {
        using var folder = new TemporaryFolder();
        var path = Path.GetDirectoryName(folder.Write("open/x.sock", string.Empty))!;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal("x", Assert.Single(new SocketFolder(path, isNamed: false).Sockets(out var none)).Key);
        Assert.Empty(none);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherWrite);
        Assert.Empty(new SocketFolder(path, isNamed: false).Sockets(out var complaint));
        Assert.Contains("others may write to it", complaint, StringComparison.Ordinal);
        Assert.Single(new SocketFolder(path, isNamed: true).Sockets(out _));
        Directory.CreateSymbolicLink(folder.PathOf("link"), folder.PathOf("open"));
        Assert.Empty(new SocketFolder(folder.PathOf("link"), isNamed: false).Sockets(out _));
    }

    private static RpcException Detailed(StatusCode code, string text, IMessage detail)
        => new(new Status(code, text), new Metadata { { "grpc-status-details-bin", new McpAspire.Sidecar.Grpc.Protocol.Status { Code = (int)code, Message = text, Details = { Any.Pack(detail) } }.ToByteArray() } });

    private static McpAspire.Sidecar.Hosting.RuntimeSnapshot Load(TemporaryFolder folder, string components)
    {
        folder.Write("resources/all.yaml", components);
        return Loading.Load(["--app-id", "app", "--resources-path", folder.PathOf("resources")], ComponentProcess.Environment(folder));
    }

    private static async Task<SidecarProcess> StartAsync(TemporaryFolder folder, string resources, FeedApp? app = null, params string[] flags)
    {
        folder.Write("resources/all.yaml", resources);
        string[] behind = app is null ? [] : ["--app-port", app.Port.ToString(CultureInfo.InvariantCulture)];
        var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources"), .. behind, .. flags], Stopping, environment: ComponentProcess.Environment(folder));
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }

    private static Task<RawResponse> PostAsync(SidecarProcess sidecar, string path, string body) => RawClient.PostAsync(sidecar.HttpPort, path, body, Stopping);
}
