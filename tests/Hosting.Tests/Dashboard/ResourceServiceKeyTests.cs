using Aspire.Hosting.Dashboard.Protocol;
using Aspire.Hosting.Dashboard.ResourceService;
using Grpc.Core;

namespace Aspire.Hosting.Dashboard.Tests;

public sealed class ResourceServiceKeyTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData(ResourceServiceFixture.Key + "x")]
    public async Task Call_WithoutTheKey_IsUnauthenticated(string? key)
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        var headers = key is null ? new Metadata() : new Metadata { { ApiKeyGate.HeaderName, key } };
        var cancellation = TestContext.Current.CancellationToken;

        await AssertRefusedAsync(() => service.Client.GetApplicationInformationAsync(new(), headers, cancellationToken: cancellation).ResponseAsync);
        await AssertRefusedAsync(() => service.Client.ExecuteResourceCommandAsync(new(), headers, cancellationToken: cancellation).ResponseAsync);
        await AssertRefusedAsync(() => service.Client.WatchResources(new(), headers, cancellationToken: cancellation).ResponseStream.MoveNext(cancellation));
        await AssertRefusedAsync(() => service.Client.WatchResourceConsoleLogs(new(), headers, cancellationToken: cancellation).ResponseStream.MoveNext(cancellation));
        await AssertRefusedAsync(() => service.Client.WatchInteractions(headers, cancellationToken: cancellation).ResponseStream.MoveNext(cancellation));
    }

    [Fact]
    public async Task Call_WithTheKeyTwice_IsUnauthenticated()
    {
        await using var service = await ResourceServiceFixture.StartAsync();
        var headers = new Metadata { { ApiKeyGate.HeaderName, ResourceServiceFixture.Key }, { ApiKeyGate.HeaderName, "other" } };

        await AssertRefusedAsync(() => service.Client.GetApplicationInformationAsync(
            new(), headers, cancellationToken: TestContext.Current.CancellationToken).ResponseAsync);
    }

    [Fact]
    public async Task Call_WithTheKey_IsAnswered()
    {
        await using var service = await ResourceServiceFixture.StartAsync();

        ApplicationInformationResponse response = await service.Client.GetApplicationInformationAsync(
            new(), ResourceServiceFixture.WithKey, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("Shop", response.ApplicationName);
    }

    [Fact]
    public async Task Service_ListensOnLoopbackOnly()
    {
        await using var service = await ResourceServiceFixture.StartAsync();

        Assert.Equal("127.0.0.1", service.Host.Url.Host);
    }

    private static async Task AssertRefusedAsync<T>(Func<Task<T>> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
    }
}
