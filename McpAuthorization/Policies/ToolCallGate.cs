using McpAspire.McpAuthorization.Auditing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpAspire.McpAuthorization.Policies;

/// <summary>
/// The second gate, on the tool that the server really matched: it holds whatever the middleware was made to believe,
/// and also when somebody forgot the middleware. Allowed calls are accounted for here, before they run.
/// </summary>
internal sealed partial class ToolCallGate(
    ToolCatalog catalog,
    ToolCallAuthorizer authorizer,
    ToolCallAuditTrail auditTrail,
    ILogger<ToolCallGate> logger) : IPostConfigureOptions<McpServerOptions>
{
    /// <summary>Outermost, so that no other filter works for a caller who is not allowed.</summary>
    public void PostConfigure(string? name, McpServerOptions options)
        => options.Filters.Request.CallToolFilters.Insert(0, Guard);

    private McpRequestHandler<CallToolRequestParams, CallToolResult> Guard(McpRequestHandler<CallToolRequestParams, CallToolResult> next)
        => async (request, cancellationToken) =>
        {
            var call = await AdmitAsync(request, cancellationToken);
            var started = auditTrail.Timestamp();
            var outcome = ToolCallOutcome.Failed;
            try
            {
                var result = await next(request, cancellationToken);
                outcome = result.IsError == true ? ToolCallOutcome.Failed : ToolCallOutcome.Succeeded;
                return result;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                outcome = ToolCallOutcome.Canceled;
                throw;
            }
            finally
            {
                await auditTrail.CompleteAsync(call, outcome, started);
            }
        };

    private async ValueTask<ToolCallAudit> AdmitAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var tool = request.Params?.Name ?? "";
        var verdict = Decide(request, tool);
        var call = await RecordAsync(request, tool, verdict, cancellationToken);
        return verdict.Allowed
            ? call
            : throw new McpProtocolException(
                verdict.Message,
                verdict.Reason == RefusalReasons.UnknownTool ? McpErrorCode.InvalidParams : McpErrorCode.InvalidRequest);
    }

    private ToolCallVerdict Decide(RequestContext<CallToolRequestParams> request, string tool)
    {
        if (request.MatchedPrimitive is McpServerTool matched)
        {
            return authorizer.Authorize(request.User, matched.ProtocolTool.Name, catalog.PolicyOf(matched));
        }

        return catalog.TryFind(tool, out var policy)
            ? authorizer.Authorize(request.User, tool, policy)
            : ToolCallVerdict.Refuse(RefusalReasons.UnknownTool, $"Unknown tool: '{tool}'");
    }

    private async ValueTask<ToolCallAudit> RecordAsync(
        RequestContext<CallToolRequestParams> request, string tool, ToolCallVerdict verdict, CancellationToken cancellationToken)
    {
        try
        {
            return await auditTrail.RecordAsync(request.User, tool, verdict, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotAudited(logger, exception, ToolCallAuditTrail.Printable(tool));
            throw new McpProtocolException("The call could not be recorded in the audit trail and was not made.", McpErrorCode.InternalError);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A call of {Tool} was not made because it could not be recorded.")]
    private static partial void LogNotAudited(ILogger logger, Exception exception, string? tool);
}
