using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Rig;
using static McpAspire.Sidecar.Tests.Rig.DaprClient;
using Status = McpAspire.Sidecar.Grpc.Protocol.Status;

namespace McpAspire.Sidecar.Tests.State;

/// <summary>The gRPC methods of state: the same stores as over HTTP, for those who may use them over HTTP.</summary>
public sealed class StateGrpcTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Value_OfAnyBytes_IsKept_AndTheOneOfHttpReadAsItIs()
    {
        await using var rig = await StateSidecar.StartAsync();
        using var client = new DaprClient(rig.Process);
        byte[] bytes = [0, 255, 10, 34];

        await client.Api.SaveStateAsync(Save(("raw", bytes), ("json", "{ \"a\": 1 }"u8.ToArray())), cancellationToken: Stopping);
        await rig.SaveAsync("[{\"key\": \"http\", \"value\": {\"a\": \"<\"}}]");

        var raw = await client.Api.GetStateAsync(Get("raw"), cancellationToken: Stopping);
        Assert.Equal(bytes, raw.Data.ToByteArray());
        Assert.Equal(raw.Etag, (await rig.GetAsync("raw")).Header("ETag"));
        Assert.Equal("{\"a\":\"\\u003c\"}", (await client.Api.GetStateAsync(Get("http"), cancellationToken: Stopping)).Data.ToStringUtf8());
        Assert.Empty((await client.Api.GetStateAsync(Get("none"), cancellationToken: Stopping)).Etag);
        Assert.Contains("{\"key\":\"raw\",\"error\":", (await rig.SendAsync("POST", "/v1.0/state/store/bulk", "{\"keys\": [\"raw\", \"json\"]}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bulk_Transaction_AndDeletes_DoWhatTheySay()
    {
        await using var rig = await StateSidecar.StartAsync();
        using var client = new DaprClient(rig.Process);
        await client.Api.SaveStateAsync(Save(("a", "1"u8.ToArray()), ("b", "2"u8.ToArray()), ("c", "3"u8.ToArray())), cancellationToken: Stopping);
        var transaction = new ExecuteStateTransactionRequest { StoreName = "store" };
        transaction.Operations.Add(new TransactionalStateOperation { OperationType = "delete", Request = new StateItem { Key = "a" } });
        transaction.Operations.Add(new TransactionalStateOperation { OperationType = "upsert", Request = new StateItem { Key = "d", Value = ByteString.CopyFromUtf8("4"), Metadata = { ["ttlInSeconds"] = "100" } } });

        await client.Api.ExecuteStateTransactionAsync(transaction, cancellationToken: Stopping);
        await client.Api.DeleteBulkStateAsync(new DeleteBulkStateRequest { StoreName = "store", States = { new StateItem { Key = "b" } } }, cancellationToken: Stopping);

        var items = (await client.Api.GetBulkStateAsync(new GetBulkStateRequest { StoreName = "store", Keys = { "a", "b", "c", "d" } }, cancellationToken: Stopping)).Items;
        Assert.Equal(["a:", "b:", "c:3", "d:4"], items.Select(item => $"{item.Key}:{item.Data.ToStringUtf8()}"));
        Assert.True(items[3].Metadata.ContainsKey("ttlExpireTime"));

        await client.Api.DeleteStateAsync(new DeleteStateRequest { StoreName = "store", Key = "c" }, cancellationToken: Stopping);
        Assert.Equal(204, (await rig.GetAsync("c")).Status);
    }

    [Fact]
    public async Task Refusals_HaveTheStatusAndDetailsOfDapr()
    {
        await using var rig = await StateSidecar.StartAsync();
        using var client = new DaprClient(rig.Process);
        await rig.SaveAsync("[{\"key\": \"k\", \"value\": 1}]");

        var missing = await RefusedAsync(client.Api.GetStateAsync(new GetStateRequest { StoreName = "other", Key = "k" }, cancellationToken: Stopping));
        var illegal = await RefusedAsync(client.Api.GetStateAsync(Get("a||b"), cancellationToken: Stopping));
        var mismatch = await RefusedAsync(client.Api.SaveStateAsync(new SaveStateRequest { StoreName = "store", States = { new StateItem { Key = "k", Etag = new Etag { Value = "x" } } } }, cancellationToken: Stopping));
        var noKey = await RefusedAsync(client.Api.SaveStateAsync(new SaveStateRequest { StoreName = "store", States = { new StateItem() } }, cancellationToken: Stopping));
        var noJson = await RefusedAsync(client.Api.SaveStateAsync(new SaveStateRequest { StoreName = "store", States = { new StateItem { Key = "j", Value = ByteString.CopyFromUtf8("{"), Metadata = { ["contentType"] = "application/json" } } } }, cancellationToken: Stopping));
        var query = await RefusedAsync(client.Api.QueryStateAlpha1Async(new QueryStateRequest { StoreName = "store", Query = "{}" }, cancellationToken: Stopping));
        var operation = await RefusedAsync(client.Api.ExecuteStateTransactionAsync(new ExecuteStateTransactionRequest { StoreName = "store", Operations = { new TransactionalStateOperation { OperationType = "get" } } }, cancellationToken: Stopping));

        Assert.Equal((StatusCode.InvalidArgument, "state store other is not found"), (missing.StatusCode, missing.Status.Detail));
        Assert.Equal("DAPR_STATE_NOT_FOUND", Assert.Single(Details(missing)).Unpack<ErrorInfo>().Reason);
        Assert.Equal((StatusCode.InvalidArgument, "input key/keyPrefix 'a||b' can't contain '||'"), (illegal.StatusCode, illegal.Status.Detail));
        Assert.Equal(3, Details(illegal).Count);
        Assert.Equal(StatusCode.Aborted, mismatch.StatusCode);
        Assert.Contains("failed saving state in state store store: possible etag mismatch.", mismatch.Status.Detail, StringComparison.Ordinal);
        Assert.Equal((StatusCode.InvalidArgument, "state key cannot be empty"), (noKey.StatusCode, noKey.Status.Detail));
        Assert.Equal(StatusCode.InvalidArgument, noJson.StatusCode);
        Assert.Equal((StatusCode.Internal, "state store does not support querying"), (query.StatusCode, query.Status.Detail));
        Assert.Equal((StatusCode.Unimplemented, "operation type get not supported"), (operation.StatusCode, operation.Status.Detail));
        Assert.Equal("1", (await rig.GetAsync("k")).Text);
    }

    [Fact]
    public async Task BulkGet_OfMoreThanAMessageHolds_IsRefused()
    {
        await using var rig = await StateSidecar.StartAsync();
        using var client = new DaprClient(rig.Process);
        await rig.SaveAsync($"[{{\"key\": \"k\", \"value\": \"{new string('x', 1_000_000)}\"}}]");

        var refusal = await RefusedAsync(client.Api.GetBulkStateAsync(new GetBulkStateRequest { StoreName = "store", Keys = { Enumerable.Repeat("k", 1_000) } }, cancellationToken: Stopping));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
    }

    [Theory]
    [InlineData("secret", false)]
    [InlineData("a/../secret", false)]
    [InlineData("secret/../open", false)]
    [InlineData("open", true)]
    public async Task Key_BehindAFilterOfHttpPipeline_IsGuardedOverGrpcToo(string key, bool isOpen)
    {
        await using var provider = new FakeProvider { Behaviour = TokenBehaviour.Broken };
        var login = StateSidecar.Component("login", "middleware.http.oauth2clientcredentials", $"{{name: clientID, value: c}}, {{name: clientSecret, value: s}}, {{name: scopes, value: a}}, {{name: tokenURL, value: '{provider.Issuer}/token'}}, {{name: headerName, value: x-token}}, {{name: pathFilter, value: '/store/(.*/)?secret'}}");
        await using var rig = await StateSidecar.StartAsync(spec: "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2clientcredentials }] }", others: login);
        using var client = new DaprClient(rig.Process);

        var call = client.Api.GetStateAsync(Get(key), cancellationToken: Stopping);

        if (isOpen)
        {
            Assert.Empty((await call).Data);
        }
        else
        {
            _ = await RefusedAsync(call);
        }
    }

    [Fact]
    public async Task Api_ThatTheConfigurationCloses_IsClosedOverGrpcToo()
    {
        await using var rig = await StateSidecar.StartAsync(spec: "  api: { denied: [{ name: state, version: v1 }] }");
        using var client = new DaprClient(rig.Process);

        Assert.Equal(StatusCode.Unimplemented, (await RefusedAsync(client.Api.GetStateAsync(Get("k"), cancellationToken: Stopping))).StatusCode);
    }

    [Fact]
    public async Task Metadata_NamesTheStoreWithItsCapabilities()
    {
        await using var rig = await StateSidecar.StartAsync();
        using var client = new DaprClient(rig.Process);

        var component = Assert.Single((await client.Api.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Stopping)).RegisteredComponents);

        Assert.Equal(["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "KEYS_LIKE", "ACTOR"], component.Capabilities);
    }

    private static GetStateRequest Get(string key) => new() { StoreName = "store", Key = key };

    private static SaveStateRequest Save(params (string Key, byte[] Value)[] items)
        => new() { StoreName = "store", States = { items.Select(item => new StateItem { Key = item.Key, Value = ByteString.CopyFrom(item.Value) }) } };

    private static IList<Google.Protobuf.WellKnownTypes.Any> Details(RpcException refusal)
        => Status.Parser.ParseFrom(refusal.Trailers.GetValueBytes("grpc-status-details-bin")).Details;
}
