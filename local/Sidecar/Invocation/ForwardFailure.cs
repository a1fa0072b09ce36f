using System.Net.Sockets;
using McpAspire.Sidecar.Resources;
using Yarp.ReverseProxy.Forwarder;

namespace McpAspire.Sidecar.Invocation;

/// <summary>Says in daprd's words (Go's, in fact) why a call did not reach its target or got no answer.</summary>
internal static class ForwardFailure
{
    public static string Describe(IForwarderErrorFeature? feature, string verb, Uri url, int headerLimit)
    {
        var reason = feature switch
        {
            null => "EOF",
            { Error: ForwarderError.RequestBodyClient, Exception: BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } } => "stream too large",
            { Exception: { } exception } => Reason(exception, url, headerLimit),
            _ => "EOF",
        };
        return $"{Operation(verb)} \"{UrlText.WithoutPassword(url.OriginalString)}\": {reason}";
    }

    private static string Reason(Exception exception, Uri url, int headerLimit)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                    return "stream too large";
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return $"dial tcp {url.Host}:{url.Port}: connect: connection refused";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return $"dial tcp: lookup {url.Host}: no such host";
                case SocketException { SocketErrorCode: SocketError.ConnectionReset }:
                    return "read: connection reset by peer";
                case HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }:
                    return $"net/http: HTTP/1.x transport connection broken: net/http: server response headers exceeded {headerLimit} bytes; aborted";
                case HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }:
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return "EOF";
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }:
                    return $"dial tcp: lookup {url.Host}: no such host";
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }:
                    return "tls: failed to verify the certificate";
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }:
                    return "net/http: HTTP/1.x transport connection broken: malformed HTTP response";
                case TaskCanceledException or OperationCanceledException:
                    return "context deadline exceeded";
                default:
                    break;
            }
        }

        return "EOF";
    }

    /// <summary>Go names the operation "Get", "Post", ….</summary>
    private static string Operation(string verb) => verb.Length == 0 ? "Get" : char.ToUpperInvariant(verb[0]) + verb[1..].ToLowerInvariant();
}
