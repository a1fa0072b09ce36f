using System.Net;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Invocation;

/// <summary>What Dapr adds on the way from one sidecar to another, and to the app at its end.</summary>
internal static class HopHeaders
{
    private const string Caller = "dapr-caller-app-id";
    private const string CallerNamespace = "dapr-caller-namespace";
    private const string Callee = "dapr-callee-app-id";

    private static readonly string _host = Dns.GetHostName();

    /// <summary>Says who calls: from a caller these are only a claim, and go no further.</summary>
    public static bool IsIdentity(string name)
        => name.StartsWith("dapr-call", StringComparison.OrdinalIgnoreCase)
           && (name.Equals(Caller, StringComparison.OrdinalIgnoreCase)
               || name.Equals(CallerNamespace, StringComparison.OrdinalIgnoreCase)
               || name.Equals(Callee, StringComparison.OrdinalIgnoreCase));

    public static void Add(HttpRequestMessage message, SidecarRequest request, InvocationTarget target)
    {
        var headers = message.Headers;
        if (target.IsSidecar)
        {
            headers.TryAddWithoutValidation("dapr-app-id", request.AppId);
            headers.TryAddWithoutValidation("X-Forwarded-For", "127.0.0.1");
            headers.TryAddWithoutValidation("X-Forwarded-Host", _host);
            headers.TryAddWithoutValidation("Forwarded", $"for=127.0.0.1;by=127.0.0.1;host={_host}");
        }
        else if (request.Caller is { } caller && target.IsOwnApp)
        {
            headers.TryAddWithoutValidation(Caller, caller.AppId);
            headers.TryAddWithoutValidation(CallerNamespace, caller.Namespace);
            headers.TryAddWithoutValidation(Callee, request.Runtime.AppId);
        }
    }
}
