namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>A login that was sent to the provider and has not come back.</summary>
internal sealed record PendingLogin(string State, string CodeVerifier, string ReturnUrl, string Scope, DateTimeOffset ExpiresAt)
{    /// <summary>Never its values: a record's text would hold them.</summary>
    public override string ToString() => nameof(PendingLogin);
}
