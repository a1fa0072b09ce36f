namespace McpAspire.IdentityProvider.Logout;

/// <summary>A sign-out that waits for the person's yes.</summary>
internal sealed record PendingLogout(string LoginId, string SessionCode, string? RedirectUri);
