using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.Dashboard.Tests;

/// <summary>The engine's resource services with resources that a test publishes itself.</summary>
internal sealed class TestResources : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public TestResources(params IResource[] resources)
    {
        Logs = new ResourceLoggerService();
        Notifications = new ResourceNotificationService(
            NullLogger<ResourceNotificationService>.Instance, new RunningApplication(), _services, Logs);
        Commands = new ResourceCommandService(new DistributedApplicationModel(resources), Notifications, Logs, _services);
    }

    public ResourceLoggerService Logs { get; }

    public ResourceNotificationService Notifications { get; }

    public ResourceCommandService Commands { get; }

    public void Log(string resource, string line, bool isError = false) => Logs.Log(resource).Write(line, isError);

    public static ExecutableResource Executable(string name) => new(name, "program", ".");

    public static CustomResourceSnapshot Snapshot(string type = "Executable", string state = "Running") => new()
    {
        ResourceType = type,
        Properties = [],
        State = state,
    };

    public void Dispose()
    {
        Notifications.Dispose();
        Logs.Dispose();
        _services.Dispose();
    }
}
