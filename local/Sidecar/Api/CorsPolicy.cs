using McpAspire.Sidecar.CommandLine;
using Microsoft.Extensions.Primitives;

namespace McpAspire.Sidecar.Api;

/// <summary>CORS with <c>--allowed-origins</c>: a preflight is answered before token and pipeline; another origin merely lacks the headers.</summary>
internal sealed class CorsPolicy(SidecarOptions options)
{
    private static readonly string[] _verbs = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

    private readonly bool _any = options.AllowedOrigins.Contains("*");

    public bool IsEnabled { get; } = options.AllowedOrigins.Count > 0;

    /// <summary>True when the request was a preflight and is answered.</summary>
    public bool Answers(HttpContext http)
    {
        var headers = http.Request.Headers;
        var origin = headers.Origin.ToString();
        var wanted = headers.AccessControlRequestMethod;
        var preflight = HttpMethods.IsOptions(http.Request.Method) && wanted.Count > 0;
        var response = http.Response.Headers;
        response.Append("Vary", "Origin");
        if (preflight)
        {
            response.Append("Vary", "Access-Control-Request-Method");
            response.Append("Vary", "Access-Control-Request-Headers");
        }

        if (origin.Length > 0 && (_any || options.AllowedOrigins.Any(allowed => Allows(allowed, origin))))
        {
            Allow(response, preflight, wanted, headers.AccessControlRequestHeaders, origin);
        }

        if (preflight)
        {
            http.Response.ContentLength = 0;
        }

        return preflight;
    }

    /// <summary>What is allowed may hold one asterisk.</summary>
    public static bool Allows(string allowed, string origin)
    {
        var star = allowed.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? allowed.Equals(origin, StringComparison.OrdinalIgnoreCase)
            : origin.Length >= allowed.Length - 1
              && origin.StartsWith(allowed[..star], StringComparison.OrdinalIgnoreCase)
              && origin.EndsWith(allowed[(star + 1)..], StringComparison.OrdinalIgnoreCase);
    }

    private void Allow(IHeaderDictionary response, bool preflight, StringValues verb, StringValues asked, string origin)
    {
        if (preflight && !_verbs.Contains(verb.ToString()))
        {
            return;
        }

        response.AccessControlAllowOrigin = _any ? "*" : origin;
        if (preflight)
        {
            response.AccessControlAllowMethods = verb;
            if (asked.Count > 0)
            {
                response.AccessControlAllowHeaders = asked;
            }
        }
    }
}
