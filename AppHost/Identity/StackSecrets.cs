namespace McpAspire.AppHost;

/// <summary>A secret of the stack and the environment variable under which YAML and realm file know it.</summary>
internal sealed record StackSecret(string Variable, IResourceBuilder<ParameterResource> Parameter);

/// <summary>Generated on first use, kept in user secrets, handed to whoever needs them and to nobody else.</summary>
internal sealed record StackSecrets(StackSecret Agent, StackSecret Console, StackSecret Audit, StackSecret Server, StackSecret DemoPassword)
{
    /// <summary>What the placeholders of the realm file need.</summary>
    public IEnumerable<StackSecret> OfRealm => [Agent, Console, Audit, Server, DemoPassword];
}

internal static class StackSecretsExtensions
{
    private const int KeyLength = 40;
    private const int PasswordLength = 16;

    public static StackSecrets AddStackSecrets(this IDistributedApplicationBuilder builder) => new(
        new("MCP_AGENT_SECRET", builder.AddGeneratedSecret("mcp-agent-secret")),
        new("MCP_CONSOLE_SECRET", builder.AddGeneratedSecret("mcp-console-secret")),
        new("MCP_AUDIT_SECRET", builder.AddGeneratedSecret("mcp-audit-secret")),
        new("MCP_SERVER_SECRET", builder.AddGeneratedSecret("mcp-server-secret")),
        new("DEMO_PASSWORD", builder.AddGeneratedSecret("demo-password", PasswordLength)));

    /// <summary>A parameter that is generated on first use and kept in user secrets.</summary>
    public static IResourceBuilder<ParameterResource> AddGeneratedSecret(this IDistributedApplicationBuilder builder, string name, int length = KeyLength)
        => builder.AddParameter(name, new GenerateParameterDefault { MinLength = length, Special = false }, secret: true, persist: true);
}
