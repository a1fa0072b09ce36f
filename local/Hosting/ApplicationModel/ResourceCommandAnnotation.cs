namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that can be done with a resource.</summary>
public sealed class ResourceCommandAnnotation(
    string name,
    string displayName,
    Func<UpdateCommandStateContext, ResourceCommandState> updateState,
    Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
    string? displayDescription,
    object? parameter,
    string? confirmationMessage,
    string? iconName,
    IconVariant? iconVariant,
    bool isHighlighted) : IResourceAnnotation
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The name that is shown.</summary>
    public string DisplayName { get; } = displayName;

    /// <summary>Says whether the command is offered.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState> UpdateState { get; } = updateState;

    /// <summary>Does it.</summary>
    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; } = executeCommand;

    /// <summary>What it does, in a sentence.</summary>
    public string? DisplayDescription { get; } = displayDescription;

    /// <summary>A value for whoever shows the command.</summary>
    public object? Parameter { get; } = parameter;

    /// <summary>The question asked before.</summary>
    public string? ConfirmationMessage { get; } = confirmationMessage;

    /// <summary>The icon.</summary>
    public string? IconName { get; } = iconName;

    /// <summary>The variant of the icon.</summary>
    public IconVariant? IconVariant { get; } = iconVariant;

    /// <summary>The command is shown first.</summary>
    public bool IsHighlighted { get; } = isHighlighted;
}

/// <summary>Whether a command is offered.</summary>
public enum ResourceCommandState
{
    /// <summary>It is.</summary>
    Enabled = 0,

    /// <summary>It is shown and cannot be used.</summary>
    Disabled = 1,

    /// <summary>It is not shown.</summary>
    Hidden = 2,
}

/// <summary>What a command's state depends on.</summary>
public sealed class UpdateCommandStateContext
{
    /// <summary>The resource as it is now.</summary>
    public required CustomResourceSnapshot ResourceSnapshot { get; init; }

    /// <summary>The services of the application.</summary>
    public required IServiceProvider ServiceProvider { get; init; }
}
