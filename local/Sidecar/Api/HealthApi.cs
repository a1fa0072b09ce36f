using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Api;

/// <summary><c>healthz</c>: 204 once the app answers on its port and every handler can serve.</summary>
internal sealed class HealthApi(AppReadiness app)
{
    public Task ReadyAsync(SidecarRequest request)
    {
        var query = request.Http.Request.Query;
        if (query.TryGetValue("appid", out var id) && id[0] is { Length: > 0 } wanted && wanted != request.Runtime.AppId)
        {
            return DaprErrors.WriteAsync(request.Http, StatusCodes.Status500InternalServerError, "ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match");
        }

        return app.IsReady && request.Runtime.IsReady
            ? NoContent(request)
            : DaprErrors.WriteAsync(request.Http, StatusCodes.Status500InternalServerError, "ERR_HEALTH_NOT_READY", $"dapr is not ready: [{(app.IsReady ? "middleware" : "runtime")}]");
    }

    /// <summary>Whether the app may call out already: it need not be up itself.</summary>
    public Task OutboundAsync(SidecarRequest request)
        => request.Runtime.IsReady
            ? NoContent(request)
            : DaprErrors.WriteAsync(request.Http, StatusCodes.Status500InternalServerError, "ERR_OUTBOUND_HEALTH_NOT_READY", "dapr outbound is not ready");

    private static Task NoContent(SidecarRequest request)
    {
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
