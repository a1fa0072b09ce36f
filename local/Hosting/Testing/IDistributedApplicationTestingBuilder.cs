namespace Aspire.Hosting.Testing;

/// <summary>The builder of an AppHost, in a test.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Builds the application.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}
