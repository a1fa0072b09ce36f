using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace McpAspire.McpAuthorization.Http;

/// <summary>Makes a body readable twice, within the limit and in memory only.</summary>
internal static class RequestBody
{
    public static bool IsTooLarge(HttpRequest request, long limit) => request.ContentLength > limit;

    /// <summary>The SDK decodes the body by its charset; only one that everybody reads alike is accepted.</summary>
    public static bool IsUtf8Json(HttpRequest request)
        => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
           && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
           && (!type.Charset.HasValue || Encoding.UTF8.WebName.Equals(HeaderUtilities.RemoveQuotes(type.Charset).Value, StringComparison.OrdinalIgnoreCase))
           && request.Headers.ContentEncoding.Count == 0;

    public static void Buffer(HttpContext context, long limit)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = limit;
        }

        context.Request.EnableBuffering(bufferThreshold: (int)Math.Min(limit, int.MaxValue), bufferLimit: limit);
    }
}
