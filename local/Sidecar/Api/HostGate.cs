using System.Net;
using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Api;

/// <summary>
/// Against DNS rebinding: on a loopback address nobody has a reason to call this sidecar by another name, except a web
/// page whose own name was made to lead here.
/// </summary>
internal sealed class HostGate(SidecarOptions options)
{
    private readonly bool _guardsApi = options.ListenAddresses.All(IsLoopback);
    private readonly bool _guardsMetrics = IsLoopback(options.MetricsListenAddress);
    private readonly bool _guardsPublic = IsLoopback(options.PublicListenAddress);

    /// <summary>An origin of <c>*</c> names no host.</summary>
    private readonly string[] _allowed = [.. options.AllowedOrigins.Select(HostOf).Where(host => host != "*")];

    public bool Admits(HttpContext http)
    {
        var port = http.Connection.LocalPort;
        var guards = port == options.PublicPort ? _guardsPublic : port == options.MetricsPort ? _guardsMetrics : _guardsApi;
        var host = http.Request.Host.Host;

        // HTTP/1.0 may lack a Host; a browser never does.
        return !guards || host.Length == 0 || IsLoopback(host) || _allowed.Any(allowed => CorsPolicy.Allows(allowed, host));
    }

    public static Task RefuseAsync(HttpContext http)
        => DaprErrors.WriteAsync(http, StatusCodes.Status403Forbidden, "ERR_HOST_NOT_ALLOWED", "this sidecar listens on loopback and answers to localhost only; name another host in --allowed-origins");

    private static bool IsLoopback(string host)
        => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
           || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static string HostOf(string origin)
    {
        var scheme = origin.IndexOf("://", StringComparison.Ordinal);
        return new HostString(scheme < 0 ? origin : origin[(scheme + 3)..]).Host;
    }
}
