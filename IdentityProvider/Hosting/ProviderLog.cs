using System.Globalization;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>What an operator wants to know; never a token, a secret, a cookie or a password.</summary>
internal sealed partial class ProviderLog(ILogger<ProviderLog> logger)
{
    private const int LongestText = 200;

    [LoggerMessage(Level = LogLevel.Information, Message = "Realm {Realm} is served at {Issuer} from {File}.")]
    public partial void RealmServed(string realm, string issuer, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File}: not supported here and without effect: {Paths}.")]
    public partial void Unsupported(string file, string paths);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Realm}: an initial access token for {Count} registrations is in {Path}.")]
    public partial void InitialTokenWritten(string realm, int count, string path);

    public void TokenRefused(string realm, string error, string? description) => LogTokenRefused(realm, error, Printable(description));

    public void CodeReused(string realm, string clientId) => LogCodeReused(realm, Printable(clientId));

    public void RefreshTokenReused(string realm, string clientId) => LogRefreshTokenReused(realm, Printable(clientId));

    public void SignedIn(string realm, string username, string clientId) => LogSignedIn(realm, username, Printable(clientId));

    public void SignInFailed(string realm, string clientId) => LogSignInFailed(realm, Printable(clientId));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Realm}: {Username} is locked out after failed sign-ins.")]
    public partial void LockedOut(string realm, string username);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Realm}: client {ClientId} registered (without a token: {Anonymous}).")]
    public partial void ClientRegistered(string realm, string clientId, bool anonymous);

    public void Unexpected(Exception exception, string method, string? path) => LogUnexpected(exception, Printable(method), Printable(path));

    /// <summary>Text that somebody else chose, cut and without what could begin a line of its own or turn one around.</summary>
    private static string Printable(string? text)
        => string.Concat((text ?? "").Take(LongestText).Select(letter => IsPrintable(letter) ? letter : '\uFFFD'));

    private static bool IsPrintable(char letter) => char.GetUnicodeCategory(letter) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Realm}: token request refused: {Error} ({Description}).")]
    private partial void LogTokenRefused(string realm, string error, string description);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Realm}: an authorization code of {ClientId} came a second time; the tokens it brought are revoked.")]
    private partial void LogCodeReused(string realm, string clientId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Realm}: a refresh token of {ClientId} came a second time; its chain is ended.")]
    private partial void LogRefreshTokenReused(string realm, string clientId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Realm}: {Username} signed in to {ClientId}.")]
    private partial void LogSignedIn(string realm, string username, string clientId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Realm}: sign-in to {ClientId} failed.")]
    private partial void LogSignInFailed(string realm, string clientId);

    [LoggerMessage(Level = LogLevel.Error, Message = "An unexpected error while answering {Method} {Path}.")]
    private partial void LogUnexpected(Exception exception, string method, string path);
}
