namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>What the service says of itself.</summary>
/// <param name="ApplicationName">Heading of the dashboard's pages.</param>
/// <param name="Stopping">Fires when the engine stops and the streams have to end.</param>
internal sealed record ResourceServiceIdentity(string ApplicationName, CancellationToken Stopping);
