namespace McpAspire.McpAuthorization;

/// <summary>
/// Opens a tool to every caller with a valid token, whatever its scopes. Without this or
/// <see cref="RequiresScopeAttribute"/> a tool is refused; with both it is refused as well.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class AllowAnyScopeAttribute : Attribute;
