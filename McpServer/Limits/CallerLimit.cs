using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using McpAspire.McpAuthorization;
using McpAspire.McpServer.Configuration;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace McpAspire.McpServer.Limits;

/// <summary>So many requests a minute for each caller: the subject of the token, or the client where it names none.</summary>
internal static partial class CallerLimit
{
    private const string Policy = "caller";

    /// <summary>In the range that JSON-RPC leaves to servers.</summary>
    private const int TooManyRequests = -32029;

    public static WebApplicationBuilder AddCallerLimit(this WebApplicationBuilder builder)
    {
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = RefuseAsync;
            limiter.AddPolicy(Policy, Partition);
        });
        return builder;
    }

    /// <summary>Counts behind authorization: who has no valid token is refused before, and uses up nobody's limit.</summary>
    public static TBuilder LimitEachCaller<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.RequireRateLimiting(Policy);

    private static RateLimitPartition<string> Partition(HttpContext context)
    {
        var perMinute = context.RequestServices.GetRequiredService<IOptions<McpServerSettings>>().Value.RequestsPerMinute;
        if (perMinute == 0)
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        var claims = context.RequestServices.GetRequiredService<IOptions<McpAuthorizationOptions>>().Value;
        return RateLimitPartition.GetTokenBucketLimiter(Caller(context.User, claims.ClientClaimType), _ => Bucket(perMinute));
    }

    /// <summary>A prefix, since a client may be called as a subject is.</summary>
    private static string Caller(ClaimsPrincipal user, string clientClaim)
        => user.FindFirstValue("sub") is { Length: > 0 } subject ? $"subject {subject}" : $"client {user.FindFirstValue(clientClaim)}";

    /// <summary>A minute's requests at once, and then as many as come back in time: at least one, at most every second.</summary>
    private static TokenBucketRateLimiterOptions Bucket(int perMinute)
    {
        var perPeriod = (perMinute + 59) / 60;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = perPeriod,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) * perPeriod / perMinute,
            QueueLimit = 0,
        };
    }

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var response = rejected.HttpContext.Response;
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        response.Headers[HeaderNames.RetryAfter] = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        LogRefused(rejected.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(CallerLimit).FullName!));
        await response.WriteAsJsonAsync(
            new { jsonrpc = "2.0", id = (string?)null, error = new { code = TooManyRequests, message = "Too many requests; try again after the time that Retry-After names." } },
            cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A request was refused with 429: its caller has used up McpServer:RequestsPerMinute.")]
    private static partial void LogRefused(ILogger logger);
}
