using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Resources;

/// <summary>Resources that are being read beside other work. The Configuration is there first, and is enough for most of what a start has to make.</summary>
internal sealed class ResourceLoading
{
    private readonly TaskCompletionSource<ConfigurationResource> _configuration = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ResourceLoading(SidecarOptions options) => Resources = Task.Run(() => Load(options));

    public Task<ConfigurationResource> Configuration => _configuration.Task;

    public Task<ResourceSet> Resources { get; }

    /// <summary>The first problem ends it.</summary>
    public static ResourceLoading Start(SidecarOptions options) => new(options);

    private ResourceSet Load(SidecarOptions options)
    {
        try
        {
            return new ResourceLoader(options, problem => throw problem).Load(_configuration.SetResult);
        }
        catch (Exception exception)
        {
            _configuration.TrySetException(exception);
            throw;
        }
    }
}
