using System.Security.Cryptography;
using System.Text;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Api;

/// <summary>With <c>DAPR_API_TOKEN</c> set a caller must know it. Only the two health routes are open.</summary>
internal sealed class ApiTokenGate(SidecarOptions options)
{
    private const string Header = "dapr-api-token";

    private readonly byte[]? _token = options.ApiToken is { } token ? Encoding.UTF8.GetBytes(token) : null;

    public bool IsEnabled => _token is not null;

    /// <summary>True when the request may go on; its token is then taken off: it is not for the app.</summary>
    public bool Admits(SidecarRequest request)
    {
        return IsHealth(request) || Admits(request.Http.Request.Headers);
    }

    /// <summary>For a call that is no route of the HTTP API.</summary>
    public bool Admits(IHeaderDictionary headers)
    {
        if (_token is null)
        {
            return true;
        }

        var sent = headers.TryGetValue(Header, out var values) ? values[0] ?? string.Empty : string.Empty;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), _token))
        {
            return false;
        }

        headers.Remove(Header);
        return true;
    }

    public static Task RefuseAsync(HttpContext http)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return PlainText.WriteAsync(http, StatusCodes.Status401Unauthorized, "invalid api token\n");
    }

    private static bool IsHealth(SidecarRequest request)
        => HttpMethods.IsGet(request.Http.Request.Method) && (request.Path is "/v1.0/healthz" or "/v1.0/healthz/outbound");
}
