using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Protocol;
using Grpc.Core;
using ResourceCommandState = Aspire.Hosting.ApplicationModel.ResourceCommandState;

namespace Aspire.Hosting.Dashboard.Tests;

public sealed class ResourceCommandTests
{
    [Fact]
    public async Task Command_OfARunningResource_IsOfferedAndExecuted()
    {
        var ran = new List<string>();
        var api = WithCommand("restart", context =>
        {
            ran.Add(context.ResourceName);
            return Task.FromResult(CommandResults.Success());
        });
        await using var service = await StartAsync(api);
        using var call = service.WatchResources();
        await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        while (call.ResponseStream.Current.InitialData is { Resources.Count: 0 })
        {
            await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        }

        var resource = call.ResponseStream.Current.InitialData?.Resources.Single() ?? call.ResponseStream.Current.Changes.Value.Single().Upsert;
        var command = Assert.Single(resource.Commands);
        Assert.Equal(("restart", "Restart it", "Really?"), (command.Name, command.DisplayName, command.ConfirmationMessage));
        Assert.Equal(Protocol.ResourceCommandState.Enabled, command.State);
        Assert.True(command.IsHighlighted);

        var response = await ExecuteAsync(service, resource.Name, command.Name);

        Assert.Equal(ResourceCommandResponseKind.Succeeded, response.Kind);
        Assert.Equal(["api"], ran);
    }

    [Fact]
    public async Task Command_ThatFails_SaysWhy()
    {
        await using var service = await StartAsync(WithCommand("restart", _ => Task.FromResult(CommandResults.Failure("the port is taken"))));

        var response = await ExecuteAsync(service, "api", "restart");

        Assert.Equal(ResourceCommandResponseKind.Failed, response.Kind);
        Assert.Equal("the port is taken", response.Message);
    }

    [Fact]
    public async Task Command_ThatIsCancelled_IsReportedAsSuch()
    {
        await using var service = await StartAsync(WithCommand("restart", _ => throw new OperationCanceledException()));

        Assert.Equal(ResourceCommandResponseKind.Cancelled, (await ExecuteAsync(service, "api", "restart")).Kind);
    }

    [Theory]
    [InlineData("api", "explode")]
    [InlineData("nobody", "restart")]
    public async Task Command_ThatDoesNotExist_Fails(string resource, string command)
    {
        await using var service = await StartAsync(WithCommand("restart", _ => Task.FromResult(CommandResults.Success())));

        var response = await ExecuteAsync(service, resource, command);

        Assert.Equal(ResourceCommandResponseKind.Failed, response.Kind);
        Assert.NotEmpty(response.Message);
    }

    private static async Task<ResourceServiceFixture> StartAsync(IResource resource)
    {
        var service = await ResourceServiceFixture.StartAsync(resource);
        await service.Resources.Notifications.PublishUpdateAsync(resource, _ => TestResources.Snapshot());
        return service;
    }

    private static async Task<ResourceCommandResponse> ExecuteAsync(ResourceServiceFixture service, string resource, string command)
        => await service.Client.ExecuteResourceCommandAsync(
            new() { ResourceName = resource, CommandName = command, ResourceType = "Executable" },
            ResourceServiceFixture.WithKey,
            cancellationToken: TestContext.Current.CancellationToken);

    private static ExecutableResource WithCommand(string name, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute)
    {
        var resource = TestResources.Executable("api");
        resource.Annotations.Add(new ResourceCommandAnnotation(
            name, "Restart it", _ => ResourceCommandState.Enabled, execute, "Stops and starts it", null, "Really?", "ArrowClockwise", null, isHighlighted: true));
        return resource;
    }
}
