using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpAspire.McpServer.Tenancy;

/// <summary>Binds the caller of a tool to the scope in which the tool and its database context live.</summary>
internal static class CallerBinding
{
    public static McpRequestHandler<CallToolRequestParams, CallToolResult> BindCaller(McpRequestHandler<CallToolRequestParams, CallToolResult> next)
        => (request, cancellationToken) =>
        {
            var principal = request.User ?? throw new NoTenantException();
            request.Services!.GetRequiredService<Caller>().Bind(principal);
            return next(request, cancellationToken);
        };
}
