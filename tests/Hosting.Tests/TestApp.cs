using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Aspire.Hosting.Processes;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Tests;

/// <summary>Short ways to say what the tests need.</summary>
internal static class TestApp
{
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => DistributedApplicationTestingBuilder.Create(args);

    public static IResourceBuilder<ExecutableResource> AddShell(this IDistributedApplicationBuilder builder, string name, string script)
        => builder.AddExecutable(name, "/bin/sh", Path.GetTempPath(), "-c", script);

    /// <summary>The process that a resource would be, without starting it.</summary>
    public static async Task<ProcessSpec> PlanAsync(this IDistributedApplicationTestingBuilder builder, IResource resource)
    {
        await using var app = await builder.BuildAsync(TestContext.Current.CancellationToken);
        return await app.PlanAsync(resource);
    }

    public static Task<ProcessSpec> PlanAsync(this DistributedApplication app, IResource resource)
    {
        var model = app.Services.GetRequiredService<DistributedApplicationModel>();
        app.Services.GetRequiredService<EndpointAllocation>().Allocate(model.Resources);
        return app.Services.GetRequiredService<ProcessPlanner>().PlanAsync(resource, TestContext.Current.CancellationToken);
    }

    public static async Task<DistributedApplication> StartAsync(this IDistributedApplicationTestingBuilder builder)
    {
        var app = await builder.BuildAsync(TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    public static Task<ResourceEvent> WaitForAsync(this DistributedApplication app, string resource, string state)
        => app.ResourceNotifications.WaitForResourceAsync(resource, e => e.Snapshot.State?.Text == state, TestContext.Current.CancellationToken);

    /// <summary>The first line of a resource's log that contains a text.</summary>
    public static async Task<string> WaitForLogAsync(this DistributedApplication app, string resource, string text)
    {
        var logs = app.Services.GetRequiredService<ResourceLoggerService>();
        await foreach (var batch in logs.WatchAsync(resource).WithCancellation(TestContext.Current.CancellationToken))
        {
            foreach (var line in batch.Where(l => l.Content.Contains(text, StringComparison.Ordinal)))
            {
                return line.Content;
            }
        }

        throw new InvalidOperationException($"The log of {resource} ended without '{text}'.");
    }
}
