using System.Text.RegularExpressions;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using Microsoft.AspNetCore.Http.Features;

namespace McpAspire.Sidecar.Middleware.RouterChecker;

/// <summary><c>middleware.http.routerchecker</c>: the path with its query must match a rule, as the caller wrote it and however often it is decoded.</summary>
internal sealed class RouterCheckerHandler(Regex rule) : IPipelineHandler
{
    public static RouterCheckerHandler Create(ComponentSettings settings, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown("rule"))
        {
            warnings.Add(unknown);
        }

        return new RouterCheckerHandler(settings.RequiredRegex("rule"));
    }

    public Task InvokeAsync(SidecarRequest request, SidecarDelegate next)
    {
        var asWritten = request.Stage == PipelineStage.Http && request.Operation is null // a call over gRPC has no path as written
            ? request.Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget
            : request.FilterPath + request.Query;
        return rule.IsMatch(asWritten) && PathLayers.TryRead(request.FilterPath, out var layers) && layers.All(layer => rule.IsMatch(layer + request.Query))
            ? next(request)
            : PlainText.WriteAsync(request.Http, StatusCodes.Status400BadRequest, "invalid router");
    }
}
