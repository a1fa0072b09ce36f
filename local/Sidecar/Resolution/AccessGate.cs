using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Resolution;

/// <summary>
/// Asks <c>spec.accessControl</c> about a call to the app. The caller is the app whose sidecar has proven it, or, on this
/// sidecar's own API, this app itself: daprd lets everything in there.
/// </summary>
internal sealed class AccessGate(SidecarMetrics metrics)
{
    /// <summary>Null: the call may go on; else daprd's sentence.</summary>
    public string? Complaint(SidecarRequest request)
    {
        if (request.Runtime.Configuration.AccessControl is not { } control)
        {
            return null;
        }

        var caller = request.Caller ?? new HopCaller(request.Runtime.AppId, request.Runtime.Namespace, control.TrustDomain);
        var verb = Verbs.ForApp(request.Http.Request.Method).Method; // the one that the app will see
        var policy = control.PolicyOf(caller.AppId, caller.Namespace, caller.TrustDomain);

        // What the app may read in the path has to be allowed in each reading.
        var isAllowed = PathLayers.TryRead("/" + request.Method, out var layers)
                        && layers.All(path => policy?.Allows(path, verb) ?? control.AllowsByDefault);
        if (metrics.IsEnabled)
        {
            metrics.Runtime.Judged(caller.AppId, caller.Namespace, caller.TrustDomain, isAllowed, policy?.AllowsByDefault is not null);
        }

        return isAllowed
            ? null
            : $"rpc error: code = PermissionDenied desc = access control policy has denied access to id: spiffe://{caller.TrustDomain}/ns/{caller.Namespace}/{caller.AppId} operation: {request.Method} verb: {verb}";
    }
}
