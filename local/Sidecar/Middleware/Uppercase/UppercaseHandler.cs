using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Middleware.Uppercase;

/// <summary><c>middleware.http.uppercase</c>: Dapr's example, useful to see a pipeline work.</summary>
internal sealed class UppercaseHandler(bool request, bool response) : IPipelineHandler
{
    public static UppercaseHandler Create(ComponentSettings settings, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown("direction"))
        {
            warnings.Add(unknown);
        }

        return settings.Text("direction") switch
        {
            null or "request" => new UppercaseHandler(request: true, response: false),
            "response" => new UppercaseHandler(request: false, response: true),
            "both" => new UppercaseHandler(request: true, response: true),
            var other => throw settings.Wrong("direction", $"'direction' of the component '{settings.Component.Name}' is '{other}'; allowed are request, response and both."),
        };
    }

    public async Task InvokeAsync(SidecarRequest call, SidecarDelegate next)
    {
        if (request)
        {
            await ReplaceBodyAsync(call.Http);
        }

        if (response)
        {
            var http = call.Http;
            http.Response.Body = new UppercaseStream(http.Response.Body);
            http.Response.OnStarting(() =>
            {
                // Upper case can be longer: ß is not, ŉ is.
                http.Response.ContentLength = http.Response.ContentLength == 0 ? 0 : null;
                return Task.CompletedTask;
            });
        }

        await next(call);
    }

    private static async Task ReplaceBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength is null or 0 && http.Request.Headers.TransferEncoding.Count == 0)
        {
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var upper = UppercaseStream.Upper(body.ToArray());
        http.Request.Body = new MemoryStream(upper);
        if (http.Request.ContentLength is not null)
        {
            http.Request.ContentLength = upper.Length;
        }
    }
}
