using McpAspire.McpServer.Tenancy;
using McpAspire.McpServer.Tickets;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpAspire.McpServer.Tools;

/// <summary>Answers what a caller can do something about with a sentence; everything else stays in the log.</summary>
internal static class ToolError
{
    public static McpRequestHandler<CallToolRequestParams, CallToolResult> AnswerErrors(McpRequestHandler<CallToolRequestParams, CallToolResult> next)
        => async (request, cancellationToken) =>
        {
            try
            {
                return await next(request, cancellationToken);
            }
            catch (Exception exception) when (exception is TicketException or NoTenantException)
            {
                return Result(exception.Message);
            }
        };

    public static CallToolResult Result(string sentence) => new()
    {
        IsError = true,
        Content = [new TextContentBlock { Text = sentence }],
    };
}
