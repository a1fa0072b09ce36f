using System.Text.Json;
using McpAspire.McpAuthorization.Auditing;
using McpAspire.McpAuthorization.Policies;
using McpAspire.McpAuthorization.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace McpAspire.McpAuthorization.Http;

/// <summary>
/// Stands between authentication and the MCP handler, where a refusal can still be an HTTP status: 403 with
/// <c>insufficient_scope</c> is what makes a client step up. <see cref="Policies.ToolCallGate"/> decides again in the server.
/// </summary>
internal sealed partial class McpAuthorizationMiddleware(
    ToolCatalog catalog,
    ToolCallAuthorizer authorizer,
    ToolCallAuditTrail auditTrail,
    BearerChallenge challenge,
    OriginPolicy origins,
    McpAuthorizationMetrics metrics,
    IOptions<McpAuthorizationOptions> options,
    ILogger<McpAuthorizationMiddleware> logger)
{
    private const int InvalidRequest = -32600;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!origins.Allows(context.Request))
        {
            await RefuseRequestAsync(context, StatusCodes.Status403Forbidden, RefusalReasons.Origin, "Pages of this origin may not call this server.");
            return;
        }

        var mayPass = HttpMethods.IsPost(context.Request.Method)
            ? await InspectAsync(context) is { } request && await MayPassAsync(context, request)
            : await CallerMayPassAsync(context, null);
        if (mayPass)
        {
            await next(context);
        }
    }

    private async Task<InspectedRequest?> InspectAsync(HttpContext context)
    {
        var limit = options.Value.MaxRequestBodySize;
        if (!RequestBody.IsUtf8Json(context.Request))
        {
            await RefuseRequestAsync(context, StatusCodes.Status415UnsupportedMediaType, RefusalReasons.Malformed, "The body must be application/json in UTF-8.");
            return null;
        }

        if (RequestBody.IsTooLarge(context.Request, limit))
        {
            await RefuseTooLargeAsync(context, limit);
            return null;
        }

        RequestBody.Buffer(context, limit);
        try
        {
            var request = await RequestInspector.InspectAsync(context.Request.Body, context.RequestAborted);
            context.Request.Body.Position = 0;
            return request;
        }
        catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await RefuseTooLargeAsync(context, limit);
            return null;
        }
    }

    private async Task<bool> MayPassAsync(HttpContext context, InspectedRequest request)
    {
        if (request.Problem is { } problem)
        {
            var malformed = ToolCallVerdict.Refuse(RefusalReasons.Malformed, problem);
            await RefuseCallAsync(context, request, malformed, StatusCodes.Status400BadRequest, request.ErrorCode);
            return false;
        }

        if (!request.IsToolCall)
        {
            return await CallerMayPassAsync(context, request.Id);
        }

        if (!catalog.TryFind(request.Tool!, out var policy) && catalog.LeavesUnknownToolsToServer)
        {
            return true;
        }

        var verdict = authorizer.Authorize(context.User, request.Tool!, policy);
        if (!verdict.Allowed)
        {
            await RefuseCallAsync(context, request, verdict, StatusCodes.Status403Forbidden, InvalidRequest);
        }

        return verdict.Allowed;
    }

    /// <summary>A session is bound to its caller from the first request on, so the first must already name one.</summary>
    private async Task<bool> CallerMayPassAsync(HttpContext context, JsonElement? id)
    {
        if (authorizer.RefuseCaller(context.User) is not { } refused)
        {
            return true;
        }

        await RefuseRequestAsync(context, StatusCodes.Status403Forbidden, refused.Reason!, refused.Message, id);
        return false;
    }

    private async Task RefuseCallAsync(HttpContext context, InspectedRequest request, ToolCallVerdict verdict, int status, int code)
    {
        var call = await auditTrail.RecordAsync(context.User, request.Tool, verdict, context.RequestAborted);
        LogCallRefused(logger, call.Tool, verdict.Reason);
        if (verdict.Reason == RefusalReasons.InsufficientScope)
        {
            context.Response.Headers.Append(
                HeaderNames.WWWAuthenticate,
                challenge.InsufficientScope(authorizer.Granted(context.User), verdict.RequiredScopes));
        }

        await JsonRpcErrorResponse.WriteAsync(context, status, code, verdict.Message, request.Id);
    }

    private Task RefuseTooLargeAsync(HttpContext context, long limit)
        => RefuseRequestAsync(context, StatusCodes.Status413PayloadTooLarge, RefusalReasons.TooLarge, $"The body is larger than {limit} bytes.");

    private async Task RefuseRequestAsync(HttpContext context, int status, string reason, string message, JsonElement? id = null)
    {
        metrics.RequestRefused(reason);
        LogRequestRefused(logger, status, reason);
        await JsonRpcErrorResponse.WriteAsync(context, status, InvalidRequest, message, id);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A call of {Tool} was refused: {Reason}.")]
    private static partial void LogCallRefused(ILogger logger, string? tool, string? reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "A request was refused with {Status}: {Reason}.")]
    private static partial void LogRequestRefused(ILogger logger, int status, string reason);
}
