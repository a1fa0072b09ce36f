namespace McpAspire.AppHost;

/// <summary>The ports of the apps; those of the sidecars are in <see cref="SidecarPlan"/>.</summary>
internal sealed record StackPorts(int Identity, int IdentityManagement, int Server, int Console, int Agent);
