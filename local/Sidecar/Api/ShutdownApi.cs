using McpAspire.Sidecar.Pipeline;
using Microsoft.Extensions.Hosting;

namespace McpAspire.Sidecar.Api;

/// <summary><c>shutdown</c>: 204, then the process ends.</summary>
internal sealed class ShutdownApi(IHostApplicationLifetime lifetime)
{
    public Task StopAsync(SidecarRequest request)
    {
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        request.Http.Response.OnCompleted(() =>
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }
}
