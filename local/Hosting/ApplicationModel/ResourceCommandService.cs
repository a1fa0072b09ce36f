using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Carries out the commands of resources.</summary>
public partial class ResourceCommandService
{
    private readonly DistributedApplicationModel _model;
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(
        DistributedApplicationModel model,
        ResourceNotificationService notifications,
        ResourceLoggerService loggers,
        IServiceProvider services)
    {
        _model = model;
        _notifications = notifications;
        _loggers = loggers;
        _services = services;
    }

    /// <summary>Carries out a command of the resource of this name.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
        => _notifications.TryGetCurrentState(resourceId, out var known) ? ExecuteCommandAsync(known.Resource, commandName, cancellationToken)
            : _model.Resources.TryGetByName(resourceId, out var resource) ? ExecuteCommandAsync(resource, commandName, cancellationToken)
            : Task.FromResult(CommandResults.Failure($"There is no resource '{resourceId}'."));

    /// <summary>Carries out a command of a resource.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        var command = resource.Annotations.OfType<ResourceCommandAnnotation>()
            .LastOrDefault(c => string.Equals(c.Name, commandName, StringComparison.OrdinalIgnoreCase));
        if (command is null)
        {
            return CommandResults.Failure($"Resource '{resource.Name}' has no command '{commandName}'.");
        }

        var log = _loggers.GetLogger(resource);
        LogCommand(log, commandName);
        try
        {
            return await command.ExecuteCommand(new ExecuteCommandContext
            {
                ResourceName = resource.Name,
                ServiceProvider = _services,
                CancellationToken = cancellationToken,
                Logger = log,
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return CommandResults.Canceled();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFailure(log, e, commandName);
            return CommandResults.Failure(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Command '{Command}'")]
    private static partial void LogCommand(ILogger logger, string command);

    [LoggerMessage(Level = LogLevel.Error, Message = "Command '{Command}' failed")]
    private static partial void LogFailure(ILogger logger, Exception exception, string command);
}
