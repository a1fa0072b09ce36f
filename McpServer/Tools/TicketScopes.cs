namespace McpAspire.McpServer.Tools;

/// <summary>The scopes of this server; admin includes write, write includes read.</summary>
internal static class TicketScopes
{
    public const string Read = "tickets:read";
    public const string Write = "tickets:write";
    public const string Admin = "tickets:admin";
}
