using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace McpAspire.Sidecar.Api;

/// <summary>
/// The values in a path of the API, read as Dapr does: the path is taken apart as it was written, then each part decoded, a plus
/// as a space. So a value may hold a slash.
/// </summary>
internal static class RouteValues
{
    /// <summary>
    /// The values behind a prefix that ends in a slash; null when the path as written has none there, or one with a <c>.</c> or
    /// <c>..</c> between slashes: filters have seen another path then.
    /// </summary>
    public static string[]? Read(SidecarRequest request, string prefix)
    {
        var path = RequestTarget.CleanPathOf(request.Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        if (!path.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var values = path[prefix.Length..].Split('/');
        for (var i = 0; i < values.Length; i++)
        {
            var value = RequestTarget.Decode(values[i].Replace('+', ' '), out _);
            if (RequestTarget.HasDotSegment(value))
            {
                return null;
            }

            values[i] = ByteString.ToText(value);
        }

        return values;
    }
}
