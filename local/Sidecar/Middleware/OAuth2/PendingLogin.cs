namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>A login that was sent to the provider and has not come back.</summary>
internal sealed record PendingLogin(string State, string CodeVerifier, string ReturnUrl, string Scope, DateTimeOffset ExpiresAt)
{
    /// <summary>What it takes beside its two texts of varying length, about.</summary>
    private const int OwnSize = 400;

    /// <summary>In memory, about.</summary>
    public long Size => OwnSize + (2L * (ReturnUrl.Length + Scope.Length));

    /// <summary>Never its values: a record's text would hold them.</summary>
    public override string ToString() => nameof(PendingLogin);
}
