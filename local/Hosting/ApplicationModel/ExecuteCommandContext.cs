using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a command is called with.</summary>
public sealed class ExecuteCommandContext
{
    /// <summary>The services of the application.</summary>
    public required IServiceProvider ServiceProvider { get; init; }

    /// <summary>The resource instance.</summary>
    public required string ResourceName { get; init; }

    /// <summary>Ends the command.</summary>
    public required CancellationToken CancellationToken { get; init; }

    /// <summary>The resource's log.</summary>
    public required ILogger Logger { get; init; }
}

/// <summary>What a command answered.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>It was done.</summary>
    public required bool Success { get; init; }

    /// <summary>It was given up.</summary>
    public bool Canceled { get; init; }

    /// <summary>What is said about it.</summary>
    public string? Message { get; init; }
}

/// <summary>The usual answers.</summary>
public static class CommandResults
{
    /// <summary>Done.</summary>
    public static ExecuteCommandResult Success() => new() { Success = true };

    /// <summary>Done, with a word about it.</summary>
    public static ExecuteCommandResult Success(string message) => new() { Success = true, Message = message };

    /// <summary>Not done.</summary>
    public static ExecuteCommandResult Failure(string? errorMessage = null) => new() { Success = false, Message = errorMessage };

    /// <summary>Not done because of an exception.</summary>
    public static ExecuteCommandResult Failure(Exception exception) => Failure(exception.Message);

    /// <summary>Given up.</summary>
    public static ExecuteCommandResult Canceled() => new() { Success = false, Canceled = true };
}

/// <summary>The commands that processes have.</summary>
public static class KnownResourceCommands
{
    /// <summary>Starts the process.</summary>
    public static readonly string StartCommand = "start";

    /// <summary>Stops the process.</summary>
    public static readonly string StopCommand = "stop";

    /// <summary>Stops and starts the process.</summary>
    public static readonly string RestartCommand = "restart";
}

/// <summary>What a command looks like.</summary>
public class CommandOptions
{
    /// <summary>What it does, in a sentence.</summary>
    public string? Description { get; set; }

    /// <summary>The question asked before.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>The icon.</summary>
    public string? IconName { get; set; }

    /// <summary>The variant of the icon.</summary>
    public IconVariant? IconVariant { get; set; }

    /// <summary>The command is shown first.</summary>
    public bool IsHighlighted { get; set; }

    /// <summary>Says whether the command is offered.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState>? UpdateState { get; set; }
}
