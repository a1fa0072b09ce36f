namespace McpAspire.IdentityProvider.Hosting;

/// <summary>What an operator wants to know; never a token, a secret, a cookie or a password.</summary>
internal sealed partial class ProviderLog(ILogger<ProviderLog> logger)
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Realm {Realm} is served at {Issuer} from {File}.")]
    public partial void RealmServed(string realm, string issuer, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File}: not supported here and without effect: {Paths}.")]
    public partial void Unsupported(string file, string paths);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Realm}: token request refused: {Error} ({Description}).")]
    public partial void TokenRefused(string realm, string error, string? description);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Realm}: an authorization code of {ClientId} came a second time; the tokens it brought are revoked.")]
    public partial void CodeReused(string realm, string clientId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Realm}: a refresh token of {ClientId} came a second time; its chain is ended.")]
    public partial void RefreshTokenReused(string realm, string clientId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Realm}: {Username} signed in to {ClientId}.")]
    public partial void SignedIn(string realm, string username, string clientId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Realm}: sign-in to {ClientId} failed.")]
    public partial void SignInFailed(string realm, string clientId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Realm}: {Username} is locked out after failed sign-ins.")]
    public partial void LockedOut(string realm, string username);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Realm}: client {ClientId} registered (without a token: {Anonymous}).")]
    public partial void ClientRegistered(string realm, string clientId, bool anonymous);

    [LoggerMessage(Level = LogLevel.Error, Message = "An unexpected error while answering {Method} {Path}.")]
    public partial void Unexpected(Exception exception, string method, string path);
}
