using Aspire.Hosting.Lifecycle;
using CommunityToolkit.Aspire.Hosting.Dapr;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>Dapr for an application.</summary>
public static class IDistributedApplicationBuilderExtensions
{
    /// <summary>Turns sidecars on. It may be called several times.</summary>
    public static IDistributedApplicationBuilder AddDapr(this IDistributedApplicationBuilder builder, Action<DaprOptions>? configure = null)
    {
        if (configure is not null)
        {
            builder.Services.Configure(configure);
        }

        builder.Services.TryAddEventingSubscriber<DaprSidecarSubscriber>();
        return builder;
    }
}
