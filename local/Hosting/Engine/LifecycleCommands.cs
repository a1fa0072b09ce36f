using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>The commands that every process has: start, stop, restart.</summary>
internal static class LifecycleCommands
{
    private static readonly string[] InTransition = [KnownResourceStates.Starting, KnownResourceStates.Stopping];

    public static void Add(ResourceController controller)
    {
        Add(
            controller.Resource,
            KnownResourceCommands.StartCommand,
            "Start",
            "Play",
            state => InTransition.Contains(state) || IsUp(state) ? ResourceCommandState.Hidden : ResourceCommandState.Enabled,
            context => StartAsync(controller, context));
        Add(
            controller.Resource,
            KnownResourceCommands.StopCommand,
            "Stop",
            "Stop",
            state => state == KnownResourceStates.Stopping ? ResourceCommandState.Disabled : IsUp(state) || state == KnownResourceStates.Starting ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
            async context =>
            {
                await controller.StopAsync(context.CancellationToken).ConfigureAwait(false);
                return CommandResults.Success();
            });
        Add(
            controller.Resource,
            KnownResourceCommands.RestartCommand,
            "Restart",
            "ArrowCounterclockwise",
            state => InTransition.Contains(state) ? ResourceCommandState.Disabled : IsUp(state) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
            async context =>
            {
                await controller.StopAsync(context.CancellationToken).ConfigureAwait(false);
                return await StartAsync(controller, context).ConfigureAwait(false);
            });
    }

    private static bool IsUp(string? state)
        => state == KnownResourceStates.Running || state == KnownResourceStates.Waiting || state == KnownResourceStates.RuntimeUnhealthy;

    private static async Task<ExecuteCommandResult> StartAsync(ResourceController controller, ExecuteCommandContext context)
        => await controller.StartAsync(waits: false, context.CancellationToken).ConfigureAwait(false)
            ? CommandResults.Success()
            : CommandResults.Failure($"Resource '{controller.Resource.Name}' did not start: its log says why.");

    private static void Add(
        IResource resource,
        string name,
        string displayName,
        string icon,
        Func<string?, ResourceCommandState> state,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute)
    {
        // A command of the same name that the model brought along stays.
        if (!resource.Annotations.OfType<ResourceCommandAnnotation>().Any(c => c.Name == name))
        {
            resource.Annotations.Add(new ResourceCommandAnnotation(
                name,
                displayName,
                context => state(context.ResourceSnapshot.State?.Text),
                execute,
                displayDescription: null,
                parameter: null,
                confirmationMessage: null,
                icon,
                IconVariant.Filled,
                isHighlighted: true));
        }
    }
}
