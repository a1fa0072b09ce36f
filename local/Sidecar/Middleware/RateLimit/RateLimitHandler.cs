using System.Globalization;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Middleware.RateLimit;

/// <summary>
/// <c>middleware.http.ratelimit</c>: so many calls a second for each address and path. The address is the
/// connection's: daprd believes X-Forwarded-For, and a caller that varies it is not limited at all. The path is the one that
/// the last decoder reads, for the same reason.
/// </summary>
internal sealed class RateLimitHandler(double perSecond, TokenBuckets buckets) : IPipelineHandler
{
    private const double Default = 100;

    private readonly string _limit = perSecond.ToString("0.00", CultureInfo.InvariantCulture);
    private readonly string _wholeLimit = Math.Round(perSecond).ToString(CultureInfo.InvariantCulture);

    public static RateLimitHandler Create(ComponentSettings settings, TimeProvider time, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown("maxRequestsPerSecond"))
        {
            warnings.Add(unknown);
        }

        var perSecond = Default;
        if (settings.Text("maxRequestsPerSecond") is { } text
            && (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out perSecond) || !double.IsFinite(perSecond) || perSecond <= 0))
        {
            throw settings.Wrong("maxRequestsPerSecond", $"'maxRequestsPerSecond' of the component '{settings.Component.Name}' is '{text}'; allowed is a number above 0.");
        }

        return new RateLimitHandler(perSecond, new TokenBuckets(perSecond, time));
    }

    public Task InvokeAsync(SidecarRequest request, SidecarDelegate next)
    {
        var connection = request.Http.Connection;
        _ = PathLayers.TryRead(request.FilterPath, out var spellings);
        var admitted = buckets.TryTake(connection.RemoteIpAddress?.ToString() ?? string.Empty, spellings[^1], out var remaining);
        var headers = request.Http.Response.Headers;
        headers["RateLimit-Limit"] = _wholeLimit;
        headers["RateLimit-Remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = Math.Max(1, Math.Ceiling((Math.Max(1, perSecond) - remaining) / perSecond)).ToString(CultureInfo.InvariantCulture);
        headers["X-Rate-Limit-Limit"] = _limit;
        headers["X-Rate-Limit-Duration"] = "1";
        headers["X-Rate-Limit-Request-Remote-Addr"] = string.Create(CultureInfo.InvariantCulture, $"{connection.RemoteIpAddress}:{connection.RemotePort}");
        return admitted ? next(request) : PlainText.WriteAsync(request.Http, StatusCodes.Status429TooManyRequests, "You have reached maximum request limit.");
    }
}
