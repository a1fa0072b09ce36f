namespace McpAspire.AppHost;

/// <summary>A secret of the stack and the environment variable under which YAML and realm file know it.</summary>
internal sealed record StackSecret(string Variable, IResourceBuilder<ParameterResource> Parameter);

/// <summary>Generated on first use, kept in user secrets, handed to whoever needs them and to nobody else.</summary>
internal sealed record StackSecrets(StackSecret Agent, StackSecret Console, StackSecret Audit, StackSecret Server, StackSecret DemoPassword)
{
    private const int ClientSecretLength = 40;
    private const int PasswordLength = 16;

    /// <summary>What the placeholders of the realm file need.</summary>
    public IEnumerable<StackSecret> OfRealm => [Agent, Console, Audit, Server, DemoPassword];

    public static StackSecrets Create(IDistributedApplicationBuilder builder) => new(
        Add(builder, "mcp-agent-secret", "MCP_AGENT_SECRET", ClientSecretLength),
        Add(builder, "mcp-console-secret", "MCP_CONSOLE_SECRET", ClientSecretLength),
        Add(builder, "mcp-audit-secret", "MCP_AUDIT_SECRET", ClientSecretLength),
        Add(builder, "mcp-server-secret", "MCP_SERVER_SECRET", ClientSecretLength),
        Add(builder, "demo-password", "DEMO_PASSWORD", PasswordLength));

    private static StackSecret Add(IDistributedApplicationBuilder builder, string name, string variable, int length)
        => new(variable, builder.AddParameter(name, new GenerateParameterDefault { MinLength = length, Special = false }, secret: true, persist: true));
}

internal static class StackSecretsExtensions
{
    public static StackSecrets AddStackSecrets(this IDistributedApplicationBuilder builder) => StackSecrets.Create(builder);
}
