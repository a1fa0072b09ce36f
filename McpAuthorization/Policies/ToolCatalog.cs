using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace McpAspire.McpAuthorization.Policies;

/// <summary>
/// Finds the policy of a tool by its exact name. Without an MCP server in this process (a gateway)
/// only <see cref="McpAuthorizationOptions.ToolPolicies"/> count.
/// </summary>
internal sealed class ToolCatalog(
    IOptions<McpAuthorizationOptions> options,
    IEnumerable<ServerInProcess> serverInProcess,
    IServiceProvider services)
{
    private readonly bool _hasServer = serverInProcess.Any();

    /// <summary>Whether calls of unknown tools may go on: the gate in the server refuses them in the protocol's own words.</summary>
    public bool LeavesUnknownToolsToServer => _hasServer;

    public bool TryFind(string name, out ToolPolicy? policy)
    {
        if (options.Value.ToolPolicies.TryGetValue(name, out policy))
        {
            return true;
        }

        if (_hasServer && TryFindTool(name, out var tool))
        {
            policy = ToolPolicy.FromMetadata(tool.Metadata);
            return true;
        }

        return false;
    }

    public ToolPolicy? PolicyOf(McpServerTool tool)
        => options.Value.ToolPolicies.TryGetValue(tool.ProtocolTool.Name, out var policy)
            ? policy
            : ToolPolicy.FromMetadata(tool.Metadata);

    public IEnumerable<McpServerTool> ServerTools => _hasServer ? Tools ?? [] : [];

    private McpServerPrimitiveCollection<McpServerTool>? Tools => (services.GetService(typeof(IOptions<McpServerOptions>)) as IOptions<McpServerOptions>)?.Value.ToolCollection;

    private bool TryFindTool(string name, [NotNullWhen(true)] out McpServerTool? tool)
    {
        tool = null;
        return Tools?.TryGetPrimitive(name, out tool) == true;
    }
}

/// <summary>Registered when an MCP server runs in this process.</summary>
internal sealed record ServerInProcess;
