using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <content>Addresses that are shown.</content>
public static partial class ResourceBuilderExtensions
{
    /// <summary>Shows an address.</summary>
    public static IResourceBuilder<T> WithUrl<T>(this IResourceBuilder<T> builder, string url, string? displayText = null)
        where T : IResource
        => builder.WithUrls(context => context.Urls.Add(new ResourceUrlAnnotation { Url = url, DisplayText = displayText }));

    /// <summary>Shows an address with values that are known later.</summary>
    public static IResourceBuilder<T> WithUrl<T>(
        this IResourceBuilder<T> builder,
        in ReferenceExpression.ExpressionInterpolatedStringHandler url,
        string? displayText = null)
        where T : IResource
        => builder.WithUrl(ReferenceExpression.Create(url), displayText);

    /// <summary>Shows an address with values that are known later.</summary>
    public static IResourceBuilder<T> WithUrl<T>(this IResourceBuilder<T> builder, ReferenceExpression url, string? displayText = null)
        where T : IResource
        => builder.WithUrls(async context =>
        {
            if (await url.GetValueAsync(context.CancellationToken).ConfigureAwait(false) is { Length: > 0 } address)
            {
                context.Urls.Add(new ResourceUrlAnnotation { Url = address, DisplayText = displayText });
            }
        });

    /// <summary>Changes how the address of an endpoint is shown.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(
        this IResourceBuilder<T> builder,
        [EndpointName] string endpointName,
        Action<ResourceUrlAnnotation> callback)
        where T : IResource
        => builder.WithUrls(context =>
        {
            foreach (var url in context.Urls.Where(u => IsOf(u, endpointName)))
            {
                callback(url);
            }
        });

    /// <summary>Shows one more address of an endpoint.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(
        this IResourceBuilder<T> builder,
        [EndpointName] string endpointName,
        Func<EndpointReference, ResourceUrlAnnotation> callback)
        where T : IResourceWithEndpoints
        => builder.WithUrls(context =>
        {
            if (context.GetEndpoint(endpointName) is { } endpoint)
            {
                var url = callback(endpoint);
                context.Urls.Add(new ResourceUrlAnnotation
                {
                    Url = Uri.TryCreate(new Uri(endpoint.Url), url.Url, out var full) ? full.ToString() : url.Url,
                    DisplayText = url.DisplayText,
                    DisplayOrder = url.DisplayOrder,
                    DisplayLocation = url.DisplayLocation,
                    Endpoint = endpoint,
                });
            }
        });

    /// <summary>Changes the addresses that are shown.</summary>
    public static IResourceBuilder<T> WithUrls<T>(this IResourceBuilder<T> builder, Action<ResourceUrlsCallbackContext> callback)
        where T : IResource
        => builder.WithAnnotation(new ResourceUrlsCallbackAnnotation(callback));

    /// <summary>Changes the addresses that are shown.</summary>
    public static IResourceBuilder<T> WithUrls<T>(this IResourceBuilder<T> builder, Func<ResourceUrlsCallbackContext, Task> callback)
        where T : IResource
        => builder.WithAnnotation(new ResourceUrlsCallbackAnnotation(callback));

    private static bool IsOf(ResourceUrlAnnotation url, string endpointName)
        => string.Equals(url.Endpoint?.EndpointName, endpointName, StringComparison.OrdinalIgnoreCase);
}
