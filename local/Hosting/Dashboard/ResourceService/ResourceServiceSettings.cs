namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>How the resource service is set up.</summary>
/// <param name="ApplicationName">Heading of the dashboard's pages.</param>
/// <param name="ApiKey">Key that every call must carry.</param>
/// <param name="Port">Port on the loopback address; 0 for any free one.</param>
internal sealed record ResourceServiceSettings(string ApplicationName, string ApiKey, int Port)
{
    // Not the compiler's version, which would print the key.
    public override string ToString() => $"{nameof(ResourceServiceSettings)} {{ ApplicationName = {ApplicationName}, Port = {Port} }}";
}
