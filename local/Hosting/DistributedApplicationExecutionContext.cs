namespace Aspire.Hosting;

/// <summary>What the application is built for.</summary>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    /// <summary>The operation.</summary>
    public DistributedApplicationOperation Operation { get; } = operation;

    /// <summary>The application is written out.</summary>
    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    /// <summary>The application runs.</summary>
    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    /// <summary>The services of the application, once it is built.</summary>
    public IServiceProvider ServiceProvider
    {
        get => field ?? throw new InvalidOperationException("The services are available once the application is built.");
        internal set;
    }
}

/// <summary>What can be done with an application.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>Run it.</summary>
    Run = 0,

    /// <summary>Write it out for somewhere else.</summary>
    Publish = 1,
}
