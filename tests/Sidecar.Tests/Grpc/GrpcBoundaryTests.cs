using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Rig;
using static McpAspire.Sidecar.Tests.Rig.DaprClient;

namespace McpAspire.Sidecar.Tests.Grpc;

/// <summary>What HTTP refuses is not reached under another name.</summary>
public sealed class GrpcBoundaryTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("admin")]
    [InlineData("//admin")]
    [InlineData("x/../admin")]
    [InlineData("../admin")]
    [InlineData("../../../../x/../admin/.")]
    [InlineData("%61dmin")]
    [InlineData("%2e%2e/admin")]
    [InlineData("%252e%252e/%252e%252e/%252e%252e/admin")]
    public async Task Method_DoesNotSlipPastAPathFilter(string method)
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Login(provider, "^/v1.0/invoke/app/method/admin");
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", $"{app.Port}", "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")], Stopping);
        using var client = new DaprClient(sidecar);

        await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", method), cancellationToken: Stopping));
        var overHttp = await RawClient.PostAsync(sidecar.HttpPort, $"/v1.0/invoke/app/method/{method.Replace("%", "%25", StringComparison.Ordinal)}", "x", Stopping);
        await client.Api.InvokeServiceAsync(Request("app", "open"), cancellationToken: Stopping);

        Assert.NotEqual(200, overHttp.Status);
        Assert.Equal("/open", Assert.Single(app.Requests, request => request.Verb == "POST").Path);
    }

    [Theory]
    [InlineData("../who")]
    [InlineData("x/../../who")]
    public async Task MetadataKey_DoesNotSlipPastAPathFilter(string key)
    {
        await using var provider = new FakeProvider();
        using var folder = Login(provider, "^/v1.0/metadata/");
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")], Stopping);
        using var client = new DaprClient(sidecar);

        await RefusedAsync(client.Api.SetMetadataAsync(new SetMetadataRequest { Key = key, Value = "me" }, cancellationToken: Stopping));

        Assert.DoesNotContain(key, (await client.Api.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Stopping)).ExtendedMetadata.Keys);
    }

    [Fact]
    public async Task RouterChecker_JudgesTheHttpRequestThatACallMeans()
    {
        await using var app = new EchoApp();
        using var folder = new TemporaryFolder();
        folder.Write("resources/check.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: check\nspec:\n  type: middleware.http.routerchecker\n  version: v1\n  metadata: [{name: rule, value: '^/v1.0/invoke/app/method/open$'}]\n");
        ProtectedResources.WriteConfiguration(folder, ("httpPipeline", new ProtectedResources.Handler("check", "middleware.http.routerchecker")));
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", $"{app.Port}", "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")], Stopping);
        using var client = new DaprClient(sidecar);

        await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "closed"), cancellationToken: Stopping));
        await client.Api.InvokeServiceAsync(Request("app", "open"), cancellationToken: Stopping);

        Assert.Equal("/open", Assert.Single(app.Requests, request => request.Verb == "POST").Path);
    }

    /// <summary>Before anybody is asked who he is, each entry of two bytes would be an object.</summary>
    [Fact]
    public async Task Message_OfTooManyFields_IsRefusedBeforeAnythingIsMadeOfIt()
    {
        await using var provider = new FakeProvider();
        using var folder = Login(provider, ".*");
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")], Stopping);
        using var client = new DaprClient(sidecar);
        var wide = new BulkPublishRequest { Entries = { Enumerable.Repeat(new BulkPublishRequestEntry(), 150_000) } };
        var inside = new SaveStateRequest { States = { new StateItem { Key = "k" } } };
        for (var i = 0; i < 60_000; i++)
        {
            inside.States[0].Metadata[$"{i}"] = string.Empty;
        }

        var many = await RefusedAsync(client.Api.BulkPublishEventAsync(wide, cancellationToken: Stopping));
        var nested = await RefusedAsync(client.Api.SaveStateAsync(inside, cancellationToken: Stopping));
        var large = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "x", new string('\n', 3_000_000)), cancellationToken: Stopping));
        wide.Entries.Clear();
        wide.Entries.Add(Enumerable.Repeat(new BulkPublishRequestEntry(), 99_000));
        var few = await RefusedAsync(client.Api.BulkPublishEventAsync(wide, cancellationToken: Stopping));
        using var stream = client.Api.SubscribeTopicEventsAlpha1(cancellationToken: Stopping);
        await stream.RequestStream.WriteAsync(new SubscribeTopicEventsRequestAlpha1 { InitialRequest = new SubscribeTopicEventsRequestInitialAlpha1 { PubsubName = "p", Topic = "t", Metadata = { inside.States[0].Metadata } } }, Stopping);
        var streamed = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Stopping));

        Assert.All([many, nested, streamed], refusal => Assert.Equal((StatusCode.ResourceExhausted, "the message has more than 100000 fields"), (refusal.StatusCode, refusal.Status.Detail)));
        Assert.All([large, few], refusal => Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode));
    }

    [Fact]
    public async Task Message_ThatIsCompressed_IsNotUnpacked()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);
        using var client = new DaprClient(sidecar);

        var refusal = await RefusedAsync(client.Api.SetMetadataAsync(new SetMetadataRequest { Key = "k", Value = new string(' ', 1000) }, new Metadata { { "grpc-internal-encoding-request", "gzip" } }, cancellationToken: Stopping));

        Assert.Equal((StatusCode.Unimplemented, "compressed messages are not supported"), (refusal.StatusCode, refusal.Status.Detail));
    }

    private static TemporaryFolder Login(FakeProvider provider, string pathFilter)
    {
        var folder = new TemporaryFolder();
        ProtectedResources.WriteLogin(folder, provider, pathFilter);
        ProtectedResources.WriteConfiguration(folder, ("httpPipeline", ProtectedResources.Login));
        return folder;
    }
}
