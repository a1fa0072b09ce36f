namespace Aspire.Hosting.ApplicationModel;

/// <summary>How long a container lives.</summary>
public enum ContainerLifetime
{
    /// <summary>As long as the AppHost.</summary>
    Session = 0,

    /// <summary>Until someone removes it.</summary>
    Persistent = 1,
}
