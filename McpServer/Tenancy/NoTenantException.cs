namespace McpAspire.McpServer.Tenancy;

/// <summary>Something that belongs to a tenant was asked for without one.</summary>
internal sealed class NoTenantException() : Exception("The caller belongs to no tenant.");
