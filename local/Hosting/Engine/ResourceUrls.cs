using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>The addresses that are shown for a resource.</summary>
internal static class ResourceUrls
{
    public static async Task<ImmutableArray<UrlSnapshot>> OfAsync(
        IResource resource,
        DistributedApplicationExecutionContext executionContext,
        CancellationToken cancellationToken)
    {
        var urls = resource is IResourceWithEndpoints owner
            ? owner.GetEndpoints().Select(e => new ResourceUrlAnnotation { Url = e.Url, Endpoint = e }).ToList()
            : [];
        urls.AddRange(resource.Annotations.OfType<ResourceUrlAnnotation>());

        var context = new ResourceUrlsCallbackContext(executionContext, resource, urls, cancellationToken);
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await callback.Callback(context).ConfigureAwait(false);
        }

        return
        [
            .. context.Urls.Select(url => new UrlSnapshot(url.Endpoint?.EndpointName, Absolute(url), IsInternal: url.DisplayLocation == UrlDisplayLocation.DetailsOnly)
            {
                IsInactive = true,
                DisplayProperties = new UrlDisplayPropertiesSnapshot(url.DisplayText ?? string.Empty, url.DisplayOrder ?? 0),
            }),
        ];
    }

    private static string Absolute(ResourceUrlAnnotation url)
        => url.Endpoint is { } endpoint && Uri.TryCreate(new Uri(endpoint.Url), url.Url, out var full) && url.Url.StartsWith('/')
            ? full.ToString()
            : url.Url;
}
