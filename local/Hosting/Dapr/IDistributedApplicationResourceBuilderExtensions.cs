using Aspire.Hosting.ApplicationModel;
using CommunityToolkit.Aspire.Hosting.Dapr;

namespace Aspire.Hosting;

/// <summary>Sidecars for resources.</summary>
public static class IDistributedApplicationResourceBuilderExtensions
{
    /// <summary>Puts a sidecar beside the resource, with an app id.</summary>
    public static IResourceBuilder<T> WithDaprSidecar<T>(this IResourceBuilder<T> builder, string appId)
        where T : IResource
        => builder.WithDaprSidecar(new DaprSidecarOptions { AppId = appId });

    /// <summary>Puts a sidecar beside the resource.</summary>
    public static IResourceBuilder<T> WithDaprSidecar<T>(this IResourceBuilder<T> builder, DaprSidecarOptions? options = null)
        where T : IResource
        => builder.WithDaprSidecar(sidecar =>
        {
            if (options is not null)
            {
                sidecar.WithOptions(options);
            }
        });

    /// <summary>Puts a sidecar beside the resource.</summary>
    public static IResourceBuilder<T> WithDaprSidecar<T>(
        this IResourceBuilder<T> builder,
        Action<IResourceBuilder<IDaprSidecarResource>> configureSidecar)
        where T : IResource
    {
        builder.ApplicationBuilder.AddDapr();
        var sidecar = builder.ApplicationBuilder
            .AddResource(new DaprSidecarResource($"{builder.Resource.Name}-dapr"))
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "DaprSidecar", Properties = [], IsHidden = true });
        configureSidecar(sidecar);
        return builder.WithAnnotation(new DaprSidecarAnnotation(sidecar.Resource));
    }

    /// <summary>Sets the options of the sidecar.</summary>
    public static IResourceBuilder<IDaprSidecarResource> WithOptions(
        this IResourceBuilder<IDaprSidecarResource> builder,
        DaprSidecarOptions options)
        => builder.WithAnnotation(new DaprSidecarOptionsAnnotation(options));
}
