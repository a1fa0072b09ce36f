using System.Text;
using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.PubSub;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.Workflows;

namespace McpAspire.Sidecar.Api;

/// <summary>
/// The routes behind httpPipeline. A known route wins over an app id, for its own verb only; everything else is an
/// invocation, named by a header, by Basic credentials or by the path.
/// </summary>
internal sealed class ApiRouter(OriginGate origins, HealthApi health, MetadataApi metadata, SecretsApi secrets, ShutdownApi shutdown, StateApi state, PublishApi publish, BindingsApi bindings, CryptoApi crypto, WorkflowsApi workflows, Invoker invoker)
{
    private const string V1 = "/v1.0/";
    private const string V1Alpha1 = "/v1.0-alpha1/";
    private const string V1Beta1 = "/v1.0-beta1/";
    private const string Workflow = "workflows/";
    private const string Invoke = V1 + "invoke/";
    private const string BasicScheme = "Basic ";
    private const string BasicUser = "dapr-app-id";

    public Task RouteAsync(SidecarRequest request)
    {
        if (request.Operation is { } operation && !request.IsAliased)
        {
            return operation(request);
        }

        if (!request.IsAliased && IsApi(request.Path))
        {
            if (origins.Refuses(request.Http.Request))
            {
                return OriginGate.RefuseAsync(request.Http, "use this API");
            }

            if ((IsAlpha(request.Path) ? FindAlphaApi(request) : IsBeta(request.Path) ? FindBetaApi(request) : FindApi(request)) is { } answer)
            {
                return answer;
            }
        }

        return request.Runtime.Apis.Invoke && TryFindAppId(request) ? invoker.InvokeAsync(request) : DaprErrors.NoAppIdAsync(request.Http);
    }

    private static bool IsApi(string path)
        => IsAlpha(path) || IsBeta(path) || (path.StartsWith(V1, StringComparison.Ordinal) && !path.StartsWith(Invoke, StringComparison.Ordinal));

    private static bool IsAlpha(string path) => path.StartsWith(V1Alpha1, StringComparison.Ordinal);

    private static bool IsBeta(string path) => path.StartsWith(V1Beta1, StringComparison.Ordinal);

    private Task? FindBetaApi(SidecarRequest request)
    {
        var path = request.Path.AsSpan(V1Beta1.Length);
        return request.Runtime.Apis.WorkflowsBeta && path.StartsWith(Workflow) ? workflows.Find(request, path[Workflow.Length..]) : null;
    }

    private Task? FindApi(SidecarRequest request)
    {
        var path = request.Path.AsSpan(V1.Length);
        var verb = request.Http.Request.Method;
        var apis = request.Runtime.Apis;
        if (apis.State && path.StartsWith("state/"))
        {
            return state.Find(request);
        }

        if (apis.Workflows && path.StartsWith(Workflow))
        {
            return workflows.Find(request, path[Workflow.Length..]);
        }

        if (HttpMethods.IsGet(verb))
        {
            return path switch
            {
                "healthz" => health.ReadyAsync(request),
                "healthz/outbound" => health.OutboundAsync(request),
                "metadata" when apis.Metadata => metadata.GetAsync(request),
                _ when apis.Secrets && path.StartsWith("secrets/") => secrets.GetAsync(request, path["secrets/".Length..].ToString()),
                _ => null,
            };
        }

        if (HttpMethods.IsPut(verb) && apis.Metadata && path.StartsWith("metadata/"))
        {
            return metadata.PutAsync(request, path["metadata/".Length..].ToString());
        }

        if (HttpMethods.IsPost(verb) && apis.Shutdown && path is "shutdown")
        {
            return shutdown.StopAsync(request);
        }

        return HttpMethods.IsPost(verb) || HttpMethods.IsPut(verb) ? FindComponentApi(request, path) : null;
    }

    private Task? FindComponentApi(SidecarRequest request, ReadOnlySpan<char> path)
    {
        var apis = request.Runtime.Apis;
        if (apis.Publish && path.StartsWith("publish/"))
        {
            var rest = path["publish/".Length..];
            return IsBulk(request, rest) ? publish.PublishBulkAsync(request, rest["bulk/".Length..].ToString())
                : IsTopic(request, rest) ? publish.PublishAsync(request, rest.ToString())
                : null;
        }

        return apis.Bindings && path.StartsWith("bindings/") && !path["bindings/".Length..].Contains('/')
            ? bindings.InvokeAsync(request, path["bindings/".Length..].ToString())
            : null;
    }

    private Task? FindAlphaApi(SidecarRequest request)
    {
        var path = request.Path.AsSpan(V1Alpha1.Length);
        if (request.Runtime.Apis.StateAlpha && path.StartsWith("state/"))
        {
            return state.FindAlpha(request);
        }

        if (request.Runtime.Apis.WorkflowsAlpha && path.StartsWith(Workflow))
        {
            return workflows.Find(request, path[Workflow.Length..]);
        }

        var verb = request.Http.Request.Method;
        if (HttpMethods.IsPut(verb) && request.Runtime.Apis.CryptoAlpha && path.StartsWith("crypto/"))
        {
            return crypto.Find(request, path["crypto/".Length..]);
        }

        return (HttpMethods.IsPost(verb) || HttpMethods.IsPut(verb)) && request.Runtime.Apis.PublishBulkAlpha && path.StartsWith("publish/") && IsBulk(request, path["publish/".Length..])
            ? publish.PublishBulkAsync(request, path["publish/bulk/".Length..].ToString())
            : null;
    }

    private static bool IsBulk(SidecarRequest request, ReadOnlySpan<char> path) => path.StartsWith("bulk/") && IsTopic(request, path["bulk/".Length..]);

    /// <summary>A slash at the end of the path, cleaned away, is a topic without a name.</summary>
    private static bool IsTopic(SidecarRequest request, ReadOnlySpan<char> path) => path.Contains('/') || (request.HadTrailingSlash && !path.IsEmpty);

    private static bool TryFindAppId(SidecarRequest request)
    {
        var headers = request.Http.Request.Headers;
        if (headers.TryGetValue("dapr-app-id", out var ids) && ids[0] is { Length: > 0 } id)
        {
            request.AppId = id;
            request.Method = request.Path[1..];
            return true;
        }

        if (headers.Authorization is { Count: > 0 } authorization && IdOfBasic(authorization[0]) is { } basicId)
        {
            request.AppId = basicId;
            request.Method = request.Path[1..];
            return true;
        }

        return TryFindAppIdInPath(request);
    }

    private static bool TryFindAppIdInPath(SidecarRequest request)
    {
        if (!request.Path.StartsWith(Invoke, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = request.Path.AsSpan(Invoke.Length);
        var method = rest.IndexOf("/method/");
        if (method < 0)
        {
            // "…/method/" loses its slash when it is cleaned; "…/method" was never a method.
            if (!request.HadTrailingSlash || !rest.EndsWith("/method"))
            {
                return false;
            }

            request.AppId = rest[..^"/method".Length].ToString();
            request.Method = string.Empty;
            return request.AppId.Length > 0;
        }

        request.AppId = rest[..method].ToString();
        request.Method = rest[(method + "/method/".Length)..].ToString();
        return request.AppId.Length > 0;
    }

    private static string? IdOfBasic(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(BasicScheme, StringComparison.Ordinal))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[512];
        if (authorization.Length > 600 || !Convert.TryFromBase64Chars(authorization.AsSpan(BasicScheme.Length), bytes, out var length))
        {
            return null;
        }

        var credentials = Encoding.UTF8.GetString(bytes[..length]);
        var colon = credentials.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
               && credentials.AsSpan(0, colon).Equals(BasicUser, StringComparison.OrdinalIgnoreCase)
               && credentials.IndexOf(':', colon + 1) < 0
               && colon + 1 < credentials.Length
            ? credentials[(colon + 1)..]
            : null;
    }
}
