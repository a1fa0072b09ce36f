using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.McpServers;

/// <summary>The MCP servers of one set of resources. The next set takes over those whose resource is unchanged, with their sessions.</summary>
internal sealed class McpServerSet
{
    public static readonly McpServerSet Empty = new();

    private readonly Dictionary<string, McpServer> _servers = new(StringComparer.Ordinal);

    /// <summary>In the order that they were read in.</summary>
    public IEnumerable<string> Names => _servers.Keys;

    public IEnumerable<McpServer> All => _servers.Values;

    /// <returns>That of <paramref name="earlier"/>, where it is the same, or a new one.</returns>
    public McpServer Add(McpServerSettings settings, McpServerSet earlier, Func<McpServer> create)
    {
        var server = earlier._servers.TryGetValue(settings.Resource.Name, out var found) && settings.IsSameAs(found.Settings) ? found : create();
        _servers.Add(settings.Resource.Name, server);
        return server;
    }

    /// <summary>The server that a workflow belongs to, and what is left of its name; names of servers may have dots, and the longest one counts.</summary>
    public McpServer? Find(string name, out string rest)
    {
        McpServer? found = null;
        foreach (var (server, value) in _servers)
        {
            if (server.Length > (found?.Name.Length ?? 0) && name.StartsWith(server, StringComparison.Ordinal) && (name.Length == server.Length || name[server.Length] == '.'))
            {
                found = value;
            }
        }

        rest = found is null || name.Length == found.Name.Length ? string.Empty : name[(found.Name.Length + 1)..];
        return found;
    }

    /// <summary>Done when all sessions and processes are ended.</summary>
    public Task EndAsync() => Task.WhenAll(_servers.Values.Select(server => server.DisposeAsync().AsTask()));

    /// <summary>Ends what <paramref name="kept"/> does not have, once its calls have ended.</summary>
    public void DisposeExcept(McpServerSet kept)
    {
        foreach (var server in _servers.Values.Where(server => !kept._servers.ContainsValue(server)))
        {
            _ = server.DisposeAsync().AsTask();
        }
    }
}
